import Database
import StrictJSON

/// A person whom the store has let into a session's channel.
struct Admission: Sendable {
    /// With the Directory's role and name.
    let caller: Caller
    let session: LiveSession
    let entry: Presence.Entry

    /// Checks everything again on each hello, a resume included, and takes a seat; inside the writer's transaction.
    ///
    /// Nil, with nothing done, when the token says something about its person that must be written into the Directory, which is not
    /// in the transaction's scope.
    ///
    /// Throws `session_not_found` for outsiders, `not_open`, `session_over`, `session_cancelled`, `session_full`,
    /// `token_revoked`, `identity_conflict`.
    static func admit(
        _ caller: Caller, to session: Int64, services: Hub.Services, in transaction: JournalTransaction
    ) throws -> Admission? {
        let connection = transaction.connection
        guard let known = try services.identities.known(caller, in: transaction) else { return nil }
        let access = try SessionAccess.load(session: session, for: known, in: connection)
        let admission = try Admission(known, access, services: services, at: transaction.moment)
        if access.session.hasSeats {
            try AttendanceStore.seat(
                session: access.session, access: access, source: .channel,
                now: access.session.time(at: transaction.moment), in: connection
            )
        }
        return admission
    }

    /// The rules that need no seat.
    init(
        _ caller: Caller, _ access: SessionAccess, services: Hub.Services, at moment: HubClock.Moment
    ) throws(HubError) {
        let role = try access.requireMember()
        try SessionLifecycle.channelOpening(
            for: access.session, isHost: access.isHost, now: access.session.time(at: moment),
            windows: services.windows
        )
        self.caller = caller
        session = access.session
        entry = Presence.Entry(person: access.user, role: role)
    }
}
