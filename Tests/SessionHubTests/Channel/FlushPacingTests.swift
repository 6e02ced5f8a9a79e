import Testing

@testable import SessionHub

@Suite("Flush pacing")
struct FlushPacingTests {
    private func after(took: Duration, batch: Int) -> FlushPacing {
        var pacing = FlushPacing()
        pacing.flushed(from: .seconds(5), to: .seconds(5) + took, batch: batch)
        return pacing
    }

    @Test func `one message at a time never waits`() {
        #expect(FlushPacing().pause(at: .seconds(1)) == 0)
        let pacing = after(took: .milliseconds(8), batch: 1)
        #expect(pacing.pause(at: .milliseconds(5008)) == 0)
    }

    @Test func `with several in a frame the next flush waits as long as the last one took`() {
        let pacing = after(took: .milliseconds(4), batch: 2)
        #expect(pacing.pause(at: .milliseconds(5004)) == 4)
        #expect(pacing.pause(at: .milliseconds(5006)) == 2)
        #expect(pacing.pause(at: .microseconds(5_007_200)) == 1)
        #expect(pacing.pause(at: .milliseconds(5008)) == 0)
        #expect(pacing.pause(at: .seconds(9)) == 0)
    }

    @Test func `it never adds more than ten milliseconds`() {
        #expect(after(took: .seconds(2), batch: 40).pause(at: .seconds(7)) == 10)
    }

    @Test func `a quiet flush ends the pauses`() {
        var pacing = after(took: .milliseconds(6), batch: 3)
        pacing.flushed(from: .milliseconds(5012), to: .milliseconds(5018), batch: 1)
        #expect(pacing.pause(at: .milliseconds(5018)) == 0)
    }
}
