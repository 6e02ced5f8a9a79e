/// The frames of one kind that one client received.
struct FrameCount: Sendable, Equatable {
    private(set) var frames = 0
    private(set) var bytes = 0
    /// The most frames within any one second.
    private(set) var mostPerSecond = 0
    /// Arrivals within the last second (monotonic nanoseconds), oldest first.
    private var recent: [UInt64] = []
    private let second: UInt64

    /// - Parameter second: what counts as a second, in nanoseconds.
    init(second: UInt64 = MonotonicClock.second) { self.second = second }

    /// For frames that the hub paces: one that was late on its way seems nearer to the next by so much.
    static var paced: FrameCount { FrameCount(second: 900 * MonotonicClock.millisecond) }

    mutating func receive(bytes count: Int, at now: UInt64) {
        frames += 1
        bytes += count
        recent.append(now)
        if let first = recent.firstIndex(where: { $0 + second > now }) { recent.removeFirst(first) }
        mostPerSecond = max(mostPerSecond, recent.count)
    }
}

/// The same over all clients of a run.
struct FrameFigures: Sendable, Equatable {
    var frames = 0
    var bytes = 0
    /// Of the clients that got the most.
    var mostFramesPerSecond = 0
    var mostFramesPerClient = 0
    var mostBytesPerClient = 0

    mutating func add(_ count: FrameCount) {
        merge(
            FrameFigures(
                frames: count.frames, bytes: count.bytes, mostFramesPerSecond: count.mostPerSecond,
                mostFramesPerClient: count.frames, mostBytesPerClient: count.bytes))
    }

    mutating func merge(_ other: FrameFigures) {
        frames += other.frames
        bytes += other.bytes
        mostFramesPerSecond = max(mostFramesPerSecond, other.mostFramesPerSecond)
        mostFramesPerClient = max(mostFramesPerClient, other.mostFramesPerClient)
        mostBytesPerClient = max(mostBytesPerClient, other.mostBytesPerClient)
    }
}
