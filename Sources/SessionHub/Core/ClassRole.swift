/// What people are to a class, as others see it (Protocol.md).
package enum ClassRole: String, Sendable, CaseIterable {
    case instructor, moderator, participant
}
