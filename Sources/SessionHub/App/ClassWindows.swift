/// When a class may be entered, started and talked in; all in milliseconds.
package struct ClassWindows: Sendable, Equatable {
    /// Before the scheduled start (AMPHI_JOIN_WINDOW).
    package var joinWindow: Int64 = 10 * 60_000
    /// After the actual end (AMPHI_AFTERTALK).
    package var aftertalk: Int64 = 15 * 60_000
    /// A class may be started until this long after its scheduled end (rest.md).
    package var lateStart: Int64 = 60 * 60_000
    /// A place is kept this long for somebody whose connection broke (AMPHI_GRACE).
    package var grace: Int64 = 10_000

    package init() {}
}
