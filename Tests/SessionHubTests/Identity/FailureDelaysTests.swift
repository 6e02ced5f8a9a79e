import Testing

@testable import SessionHub

/// The rule of delays after failed sign-ins, as tables.
@Suite("Delays after failures")
struct FailureDelaysTests {
    private static let start = Timestamp(seconds: 1_773_568_800)

    private func delays(free: Int = 2, longest: Int64 = 300_000, mostNames: Int = 100) -> FailureDelays {
        FailureDelays(free: free, longest: longest, mostNames: mostNames)
    }

    @Test func `nothing at first, then a time that doubles up to the longest`() {
        var delays = delays(longest: 10_000)
        var waits: [Int64?] = []
        for _ in 0..<8 {
            delays.failed("a", now: Self.start)
            waits.append(delays.wait("a", now: Self.start))
        }
        #expect(waits == [nil, 1000, 2000, 4000, 8000, 10_000, 10_000, 10_000])
        #expect(delays.wait("b", now: Self.start) == nil)
    }

    @Test func `a thousand failures do not overflow`() {
        var delays = delays(longest: .max / 4)
        for _ in 0..<1000 { delays.failed("a", now: Self.start) }
        #expect(delays.wait("a", now: Self.start) == 1000 << 40)
    }

    @Test func `a wait ends in its millisecond`() {
        var delays = delays()
        for _ in 0..<2 { delays.failed("a", now: Self.start) }
        #expect(delays.wait("a", now: Self.start + 999) == 1)
        #expect(delays.wait("a", now: Self.start + 1000) == nil)
    }

    @Test func `a quarter of an hour after the longest wait it is forgotten`() {
        var delays = delays()
        for _ in 0..<30 { delays.failed("a", now: Self.start) }
        let later = Self.start + 300_000 + 15 * 60_000
        delays.failed("a", now: later)
        #expect(delays.wait("a", now: later) == 300_000)
        let muchLater = later + 300_000 + 15 * 60_000 + 1
        delays.failed("a", now: muchLater)
        #expect(delays.wait("a", now: muchLater) == nil)
    }

    @Test func `success forgets, and what was no failure is taken back`() {
        var delays = delays()
        for _ in 0..<2 { delays.failed("a", now: Self.start) }
        delays.takeBack("a")
        #expect(delays.wait("a", now: Self.start) == nil)
        delays.takeBack("a")
        delays.takeBack("a")
        #expect(delays.count == 0)
        for _ in 0..<9 { delays.failed("a", now: Self.start) }
        delays.forget("a")
        #expect(delays.wait("a", now: Self.start) == nil)
    }

    // Found from outside, no. 12
    @Test func `what is being looked at counts like a failure until it has ended`() {
        var delays = delays(free: 2, longest: 10_000)
        for _ in 0..<2 { delays.begin("a", now: Self.start) }
        #expect(delays.wait("a", now: Self.start) == 1000)
        // One was right: nothing of it stays, not even its moment.
        delays.settle("a", hasFailed: false, now: Self.start + 50)
        #expect(delays.wait("a", now: Self.start + 50) == nil)
        delays.settle("a", hasFailed: true, now: Self.start + 60)
        #expect(delays.wait("a", now: Self.start + 60) == nil)
        delays.begin("a", now: Self.start + 60)
        #expect(delays.wait("a", now: Self.start + 60) == 1000)
        delays.settle("a", hasFailed: true, now: Self.start + 100)
        #expect(delays.wait("a", now: Self.start + 100) == 1000)
        delays.begin("a", now: Self.start + 1100)
        #expect(delays.wait("a", now: Self.start + 1100) == 2000)
        delays.settle("a", hasFailed: false, now: Self.start + 1200)
        #expect(delays.wait("a", now: Self.start + 1200) == nil)
        delays.forget("a")
        for _ in 0..<2 { delays.begin("b", now: Self.start) }
        for _ in 0..<2 { delays.settle("b", hasFailed: false, now: Self.start) }
        #expect(delays.count == 0)
    }

    @Test func `0 is off`() {
        var delays = delays(free: 0)
        for _ in 0..<9 { delays.failed("a", now: Self.start) }
        #expect(delays.wait("a", now: Self.start) == nil)
        #expect(delays.count == 0)
    }

    @Test func `the table is bounded: the one that was quiet longest goes`() {
        var delays = delays(free: 1, mostNames: 3)
        for (index, name) in ["a", "b", "c", "a", "d"].enumerated() {
            delays.failed(name, now: Self.start + Int64(index))
        }
        #expect(delays.count == 3)
        let now = Self.start + 4
        #expect(delays.wait("b", now: now) == nil)
        #expect(["a", "c", "d"].allSatisfy { delays.wait($0, now: now) != nil })
    }
}
