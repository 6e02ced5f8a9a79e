/// What a class shows for a while and nobody stores, such as who is typing. Pure: time and people come from the caller.
///
/// It lives on the session's home loop. What it shows goes to everybody as a frame of its own, when it has changed;
/// somebody who reads too slowly gets only the newest one.
package protocol EphemeralState: Sendable {
    /// As it is before anything has happened.
    init()

    /// Whether it may change by time alone.
    var needsTick: Bool { get }

    /// The last connection of a person is gone.
    mutating func left(_ user: Int64, now: Timestamp)

    /// The frame that shows it, when that differs from the last one.
    mutating func changedFrame(now: Timestamp) -> [UInt8]?
}
