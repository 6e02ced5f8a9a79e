/// What people are to a class, as others see it (Protocol.md).
enum ClassRole: String, Sendable, CaseIterable {
    case instructor, moderator, participant
}
