/// When a class may be entered, started and talked in; all in milliseconds.
struct ClassWindows: Sendable, Equatable {
    /// How long before its scheduled start a class may be entered (AMPHI_JOIN_WINDOW).
    var joinWindow: Int64 = 10 * 60_000
    /// How long after its actual end people may still talk (AMPHI_AFTERTALK).
    var aftertalk: Int64 = 15 * 60_000
    /// A class may be started until this long after its scheduled end (RestAPI.md).
    var lateStart: Int64 = 60 * 60_000
    /// A class without a host ends by itself this long after its scheduled end (AMPHI_AUTO_END). With 0 it ends only
    /// after `longest`.
    var autoEnd: Int64 = 30 * 60_000
    /// No class runs longer than this, hosts or not.
    var longest: Int64 = 12 * 3_600_000
    /// An end that comes by itself is announced this long before.
    var notice: Int64 = 5 * 60_000
    /// A class may be reopened until this long after its end.
    var reopening: Int64 = 15 * 60_000
    /// A place is kept this long for somebody whose connection broke (AMPHI_GRACE).
    var grace: Int64 = 10_000

    init() {}
}
