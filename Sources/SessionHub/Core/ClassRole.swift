/// What people are to a class, as others see it (Protocol.md).
enum ClassRole: String, Sendable, CaseIterable {
    case instructor, moderator, participant
    /// Somebody from outside whom a host has let into this one class.
    case guest

    /// Hosts hold the class, and take no place in it.
    var isHost: Bool { self == .instructor || self == .moderator }

    /// The roles of hosts, for SQL.
    static let hosts = "('instructor', 'moderator')"
}
