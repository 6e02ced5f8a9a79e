import Testing

@testable import amphi_bench

struct FrameCountTests {
    private func count(at milliseconds: [UInt64]) -> FrameCount {
        var count = FrameCount()
        for time in milliseconds { count.receive(bytes: 10, at: time * MonotonicClock.millisecond) }
        return count
    }

    @Test func `the most within any second counts, not within a second of the clock`() {
        #expect(count(at: [0, 900, 1000, 1100, 1899]).mostPerSecond == 4)
        #expect(count(at: [0, 1000, 2000, 3000]).mostPerSecond == 1)
    }

    @Test func `figures hold the greatest of the clients and the sums of all`() {
        var figures = FrameFigures()
        figures.add(count(at: [0, 100, 200]))
        figures.add(count(at: [0, 5000]))
        #expect(
            figures
                == FrameFigures(
                    frames: 5, bytes: 50, mostFramesPerSecond: 3, mostFramesPerClient: 3, mostBytesPerClient: 30))
    }

    @Test func `of paced frames four a second are four, also when one was late, and five are five`() {
        func most(_ milliseconds: [UInt64]) -> Int {
            var count = FrameCount.paced
            for time in milliseconds { count.receive(bytes: 10, at: time * MonotonicClock.millisecond) }
            return count.mostPerSecond
        }
        #expect(most([0, 250, 500, 750, 1000, 1250]) == 4)
        #expect(most([80, 250, 500, 750, 1000, 1250]) == 4)
        #expect(most([0, 200, 400, 600, 800, 1000]) == 5)
    }
}
