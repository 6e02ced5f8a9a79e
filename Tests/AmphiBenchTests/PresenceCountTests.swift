import Testing

@testable import amphi_bench

struct PresenceCountTests {
    private func count(at milliseconds: [UInt64]) -> PresenceCount {
        var count = PresenceCount()
        for time in milliseconds { count.receive(bytes: 10, at: time * MonotonicClock.millisecond) }
        return count
    }

    @Test func `the most within any second counts, not within a second of the clock`() {
        #expect(count(at: [0, 900, 1000, 1100, 1899]).mostPerSecond == 4)
        #expect(count(at: [0, 1000, 2000, 3000]).mostPerSecond == 1)
    }

    @Test func `figures hold the greatest of the clients and the sums of all`() {
        var figures = PresenceFigures()
        figures.add(count(at: [0, 100, 200]))
        figures.add(count(at: [0, 5000]))
        #expect(
            figures == PresenceFigures(frames: 5, bytes: 50, mostFramesPerSecond: 3, mostBytesPerClient: 30))
    }
}
