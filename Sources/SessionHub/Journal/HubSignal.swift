/// What the loops must learn of a commit beside its events.
package enum HubSignal: Sendable, Equatable {
    /// The session is hidden: its channel closes with 4505.
    case sessionGone(Int64)
    /// Something that decides these people's access changed: enrollment, role, revocation. Open connections are checked
    /// anew.
    case accessChanged(users: Set<Int64>)
    /// An outage has begun (false) or ended (true); told by the journal itself.
    case storeWritable(Bool)

    package static func accessChanged(user: Int64) -> HubSignal { .accessChanged(users: [user]) }
}
