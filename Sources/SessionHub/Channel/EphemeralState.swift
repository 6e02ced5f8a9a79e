/// What a class shows for a while and nobody stores, such as who is typing. A state is pure: time and people come from
/// the caller.
///
/// It lives on the session's home loop. When what it shows has changed, everybody gets it as a frame of its own;
/// somebody who reads too slowly gets only the newest one. A class has one state of each type.
protocol EphemeralState: Sendable {
    /// The state before anything has happened.
    init()

    /// Whether the state may change by time alone.
    var needsTick: Bool { get }

    /// Called when the last connection of a person is gone.
    mutating func left(_ user: Int64, now: Timestamp)

    /// The frame that shows the state, or nil when it does not differ from the last one.
    mutating func changedFrame(now: Timestamp) -> EphemeralFrame?
}

/// A state as its readers are shown it.
struct EphemeralFrame: Equatable {
    let bytes: [UInt8]
    /// For whoever missed the frame before, where this one tells only what has changed since; nil when it says all.
    let afterGap: [UInt8]?

    init(_ bytes: [UInt8], afterGap: [UInt8]? = nil) {
        self.bytes = bytes
        self.afterGap = afterGap
    }
}
