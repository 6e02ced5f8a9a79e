import CGlibc  // timespec: Swift finds it there first
import Glibc

/// The wall's clock beside the monotonic one: what the tables hold beside what clients noted.
enum ClusterClock {
    static var unixMilliseconds: Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// What must be added to monotonic milliseconds for those since 1970.
    static var offset: Int64 { unixMilliseconds - Int64(MonotonicClock.now / MonotonicClock.millisecond) }

    /// A moment, while a process is being waited for that cannot say when it is ready.
    static func pause() { usleep(5000) }
}
