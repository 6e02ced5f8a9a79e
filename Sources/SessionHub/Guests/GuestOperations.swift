import Database
import StrictJSON

/// What hosts do with the guests of a class, inside the writer's transaction, in a scope with the Directory.
struct GuestOperations: Sendable {
    /// The most guests of one class whose link works.
    private static let most: Int64 = 100
    /// How many milliseconds a link works after the scheduled end, or after now when that is later: unless the host
    /// says something else, and at most.
    private static let (standardStay, longestStay): (Int64, Int64) = (6 * 3_600_000, 30 * 86_400_000)

    let windows: ClassWindows

    /// Lets somebody in from now on. Throws `session_over`, `session_cancelled`, `invalid_field`, `too_many_guests`.
    func invite(
        _ fields: Fields, as access: SessionAccess, by caller: Caller, in transaction: JournalTransaction
    ) throws -> Guest {
        let (session, connection) = (access.session, transaction.connection)
        let name = try fields.required("name", fields.filled("name", limit: 100))
        let end = try end(fields, session, now: transaction.now)
        try requireOpen(session, in: transaction)
        try requireRoom(in: session.id, transaction)
        let id = try GuestStore.create(
            name, in: session.id, by: caller.role == .service ? nil : access.user.id, now: transaction.now,
            expiresAt: end, connection: connection
        )
        try note("invited", id, as: access, by: caller, in: transaction)
        return try find(id, in: session.id, connection)
    }

    /// The guest, whose link is to be shown again; with `renew` it is another one. Throws `user_not_found`, `conflict`,
    /// and what `invite` throws.
    func link(
        _ id: Int64, _ fields: Fields, as access: SessionAccess, by caller: Caller, in transaction: JournalTransaction
    ) throws -> Guest {
        let (session, connection) = (access.session, transaction.connection)
        let isRenewed = try fields.bool("renew") ?? false
        let end = try end(fields, session, now: transaction.now)
        let guest = try find(id, in: session.id, connection)
        let isGood = guest.isGood(at: transaction.now)
        guard guest.revokedAt == nil, isRenewed || isGood else { throw HubError(.conflict, Self.ended) }
        guard isRenewed else { return guest }
        try requireOpen(session, in: transaction)
        if !isGood { try requireRoom(in: session.id, transaction) }
        try GuestStore.renew(id, expiresAt: end, in: transaction)
        try note("renewed", id, as: access, by: caller, in: transaction)
        return try find(id, in: session.id, connection)
    }

    /// Lets a guest go. What is so already changes nothing. Throws `user_not_found`.
    ///
    /// - Parameter erasing: also forgets who it was.
    func revoke(
        _ id: Int64, erasing: Bool, as access: SessionAccess, by caller: Caller, in transaction: JournalTransaction
    ) throws {
        let guest = try find(id, in: access.session.id, transaction.connection)
        if guest.revokedAt == nil {
            try GuestStore.revoke(id, in: transaction)
            try ModerationOperations().sendAway(
                id, from: access.session.id, now: access.session.time(at: transaction.moment), in: transaction
            )
            if !erasing { try note("revoked", id, as: access, by: caller, in: transaction) }
        }
        if erasing, guest.erasedAt == nil { try erase(id, as: access, by: caller, in: transaction) }
    }

    /// The name goes first, so that everything that is read again, and put in the place of what was sent before, has
    /// another one.
    private func erase(
        _ id: Int64, as access: SessionAccess, by caller: Caller, in transaction: JournalTransaction
    ) throws {
        let (session, connection) = (access.session.id, transaction.connection)
        try GuestStore.forget(id, in: transaction)
        try ModerationStore.removeReasons(about: id, session: session, in: connection)
        let chat = ChatOperations(windows: windows)
        for message in try ChatStore.messages(of: id, session: session, in: connection) {
            _ = try chat.delete(message: message, as: access, in: transaction)
        }
        try note("erased", id, as: access, by: caller, in: transaction)
        let nobody = Person(id: id, firstName: GuestStore.nobody, lastName: "", avatar: nil)
        transaction.show(.entry(Presence.Entry(person: nobody, role: .guest), in: session))
        try transaction.append(
            .guestErased, to: session, payload: ["user_id": .integer(id)],
            by: caller.role == .service ? nil : Actor(access.user, role: access.role),
            redacting: GuestEvents.naming(id, in: session, connection: connection)
        )
    }

    // MARK: -

    private func find(_ id: Int64, in session: Int64, _ connection: any SQLConnection) throws -> Guest {
        let found = try GuestStore.find(id, includingHidden: true, in: connection)
        guard let guest = found, guest.session == session else {
            throw HubError(.userNotFound)
        }
        return guest
    }

    /// When the link ends.
    private func end(_ fields: Fields, _ session: LiveSession, now: Timestamp) throws(HubError) -> Timestamp {
        let first = max(session.scheduledEnd, now)
        let end = try fields.timestamp("expires_at") ?? first + Self.standardStay
        guard end > now, end <= first + Self.longestStay else { throw .invalid("expires_at", Self.wrongEnd) }
        return end
    }

    private func requireOpen(_ session: LiveSession, in transaction: JournalTransaction) throws {
        let endedAt = try JournalStore.newest(.sessionEnded, of: session.id, in: transaction.connection)
        try SessionLifecycle.inviting(session, endedAt: endedAt, at: transaction.moment, windows: windows)
    }

    private func requireRoom(in session: Int64, _ transaction: JournalTransaction) throws {
        let count = try GuestStore.countGood(in: session, now: transaction.now, connection: transaction.connection)
        guard count < Self.most else { throw HubError(.tooManyGuests) }
    }

    private func note(
        _ what: String, _ id: Int64, as access: SessionAccess, by caller: Caller, in transaction: JournalTransaction
    ) throws {
        try ModerationStore.note(
            ModerationAct(action: .guest, target: id, value: what), session: access.session.id, seq: nil,
            by: caller.role == .service ? nil : access.user.id, at: access.session.time(at: transaction.moment),
            in: transaction.connection
        )
    }

    private static let ended = Localized(
        en: "This guest’s invitation has ended: invite them anew.",
        fr: "L’invitation de cette personne a pris fin : invitez-la de nouveau."
    )
    private static let wrongEnd = Localized(
        en: "expires_at must lie ahead, and at most 30 days after the class.",
        fr: "expires_at doit être à venir, et au plus 30 jours après la classe."
    )
}
