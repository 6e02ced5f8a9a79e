/// What the loops must learn of a commit apart from its events.
package enum HubSignal: Sendable, Equatable {
    /// The session is hidden: its channel closes with 4505.
    case sessionGone(Int64)
    /// Something that decides these people's access has changed: an enrollment, a role, a revocation. Their open
    /// connections are checked again.
    case accessChanged(users: Set<Int64>)
    /// The same for everybody: so many have changed that they are not named one by one.
    case everybodyChanged
    /// Another hub of the database serves no more, and nothing of it is left: it has no place in any class.
    case nodeEmptied(String)
    /// An outage has begun (false) or ended (true). The journal itself says so.
    case storeWritable(Bool)

    static func accessChanged(user: Int64) -> HubSignal { .accessChanged(users: [user]) }
}
