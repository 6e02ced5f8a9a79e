/// When a class may be entered, started and talked in; all in milliseconds.
package struct ClassWindows: Sendable, Equatable {
    /// Before the scheduled start (AMPHI_JOIN_WINDOW).
    package var joinWindow: Int64 = 10 * 60_000
    /// After the actual end (AMPHI_AFTERTALK).
    package var aftertalk: Int64 = 15 * 60_000
    /// A class may be started until this long after its scheduled end (RestAPI.md).
    package var lateStart: Int64 = 60 * 60_000
    /// A class without a host ends by itself this long after its scheduled end; 0: only after `longest`
    /// (AMPHI_AUTO_END).
    package var autoEnd: Int64 = 30 * 60_000
    /// No class runs longer than this, hosts or not.
    package var longest: Int64 = 12 * 3_600_000
    /// An end that comes by itself is announced this long before.
    package var notice: Int64 = 5 * 60_000
    /// A class may be reopened until this long after its end.
    package var reopening: Int64 = 15 * 60_000
    /// A place is kept this long for somebody whose connection broke (AMPHI_GRACE).
    package var grace: Int64 = 10_000

    package init() {}
}
