/// The one clock for stored times: the wall clock read once at the start, plus the monotonic time since.
///
/// A jump of the wall clock while the hub runs therefore bends no interval. Tokens are checked against the real clock
/// (`wallSeconds`), because their `exp` was written by somebody else's.
package struct HubClock: Sendable {
    private let read: @Sendable () -> Timestamp
    private let readWall: @Sendable () -> Int64

    package init() {
        let origin = ContinuousClock.now
        self.init(
            wall: { Self.wallMilliseconds() },
            elapsed: {
                let (seconds, attoseconds) = (ContinuousClock.now - origin).components
                return seconds * 1000 + attoseconds / 1_000_000_000_000_000
            }
        )
    }

    /// Of a machine whose clocks are these, both in milliseconds: the wall clock since 1970, and one that never jumps.
    init(wall: @escaping @Sendable () -> Int64, elapsed: @escaping @Sendable () -> Int64) {
        let start = Timestamp(milliseconds: wall() - elapsed())
        read = { start + elapsed() }
        readWall = { wall().floorDiv(1000) }
    }

    /// A clock that a test moves.
    package init(_ now: @escaping @Sendable () -> Timestamp) {
        read = now
        readWall = { now().seconds }
    }

    package var now: Timestamp { read() }

    /// Seconds since 1970 by the machine's clock as it is now.
    package var wallSeconds: Int64 { readWall() }

    private static func wallMilliseconds() -> Int64 {
        var time = timespec()
        // clock_gettime(2) cannot fail for CLOCK_REALTIME with a valid pointer.
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif
