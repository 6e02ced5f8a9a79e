import CGlibc  // timespec: Swift finds it there first
import Glibc

/// Nanoseconds of CLOCK_MONOTONIC: what the markers carry and all deadlines are measured in.
enum MonotonicClock {
    static let second: UInt64 = 1_000_000_000
    static let millisecond: UInt64 = 1_000_000

    static var now: UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * second + UInt64(time.tv_nsec)
    }

    /// Seconds since 1970, for tokens and schedules.
    static var unixSeconds: Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec)
    }
}
