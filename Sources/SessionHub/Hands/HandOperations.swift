import Database
import StrictJSON

/// Raising, lowering and calling, in the writer's transaction: the order of hands is the order of commits. What was
/// changed is shown in everybody's presence.
enum HandOperations {
    /// Raises or lowers a hand. Lowering one that is down changes nothing.
    ///
    /// - Parameter other: whose hand; nil for one's own. Hosts may lower any, and raise none but their own.
    ///
    /// Throws `forbidden`, `invalid_field`, `not_live`, and `not_joined` for somebody whose stay has just ended.
    static func move(
        isUp: Bool, of other: Int64?, as access: SessionAccess, in transaction: JournalTransaction
    ) throws {
        let user = other ?? access.user.id
        if user != access.user.id {
            try access.requireHost()
            guard !isUp else {
                throw HubError.invalid(
                    "user_id",
                    Localized(
                        en: "Everybody raises their own hand.", fr: "Chacun lève la main pour soi-même."
                    )
                )
            }
        }
        try requireLive(access)
        if isUp {
            try raise(user, in: access.session.id, transaction)
        } else {
            try lower(user, in: access.session.id, transaction)
        }
    }

    /// Lowers the first hand and calls its person. Whoever may no longer be in the class is passed over.
    ///
    /// - Returns: who was called; nil when no hand is up. Throws `not_live`.
    static func callNext(as access: SessionAccess, in transaction: JournalTransaction) throws -> Int64? {
        try requireLive(access)
        let session = access.session.id
        while let user = try HandStore.first(of: session, transaction.connection) {
            try lower(user, in: session, transaction)
            let person = try SessionAccess.load(session: session, of: user, in: transaction.connection)
            guard person?.isWelcome == true else { continue }
            try transaction.append(
                .handCalled, to: session, payload: ["user_id": .integer(user)],
                by: Actor(access.user, role: access.role)
            )
            return user
        }
        return nil
    }

    private static func raise(_ user: Int64, in session: Int64, _ transaction: JournalTransaction) throws {
        guard let place = try HandStore.raise(user, in: session, transaction.connection) else {
            throw HubError(.notJoined)
        }
        transaction.show(.hand(of: user, at: place, in: session))
    }

    private static func lower(_ user: Int64, in session: Int64, _ transaction: JournalTransaction) throws {
        try HandStore.lower(user, in: session, transaction.connection)
        transaction.show(.hand(of: user, at: nil, in: session))
    }

    private static func requireLive(_ access: SessionAccess) throws(HubError) {
        guard access.session.status == .live else { throw HubError(.notLive) }
    }
}
