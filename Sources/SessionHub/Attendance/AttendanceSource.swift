/// What an attendance segment is proof of.
enum AttendanceSource: String, Sendable, CaseIterable {
    /// Being on the session's channel.
    case channel
    /// The time from `join` to `leave`, for clients that only speak REST.
    case rest
    /// Being in the video room, by the word of its server.
    case prosody
}
