/// The presence frames that one client received.
struct PresenceCount: Sendable, Equatable {
    private(set) var frames = 0
    private(set) var bytes = 0
    /// The most frames within any one second.
    private(set) var mostPerSecond = 0
    /// Arrivals within the last second (monotonic nanoseconds), oldest first.
    private var recent: [UInt64] = []

    mutating func receive(bytes count: Int, at now: UInt64) {
        frames += 1
        bytes += count
        recent.append(now)
        if let first = recent.firstIndex(where: { $0 + MonotonicClock.second > now }) { recent.removeFirst(first) }
        mostPerSecond = max(mostPerSecond, recent.count)
    }
}

/// The same over all clients of a run.
struct PresenceFigures: Sendable, Equatable {
    var frames = 0
    var bytes = 0
    /// Of the clients that got the most.
    var mostFramesPerSecond = 0
    var mostBytesPerClient = 0

    mutating func add(_ count: PresenceCount) {
        merge(
            PresenceFigures(
                frames: count.frames, bytes: count.bytes, mostFramesPerSecond: count.mostPerSecond,
                mostBytesPerClient: count.bytes))
    }

    mutating func merge(_ other: PresenceFigures) {
        frames += other.frames
        bytes += other.bytes
        mostFramesPerSecond = max(mostFramesPerSecond, other.mostFramesPerSecond)
        mostBytesPerClient = max(mostBytesPerClient, other.mostBytesPerClient)
    }
}
