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
    /// Throws `session_not_found` for outsiders, `not_open`, `session_over`, `session_cancelled`, `session_full`,
    /// `token_revoked`, `identity_conflict`.
    static func admit(
        _ caller: Caller, to session: Int64, services: Hub.Services, in transaction: JournalTransaction
    ) throws -> Admission {
        let connection = transaction.connection
        let known = try services.identities.resolveOrUpsert(caller, now: transaction.now, in: connection)
        let access = try SessionAccess.load(session: session, for: known, in: connection)
        let admission = try Admission(known, access, services: services, now: transaction.now)
        if access.session.hasSeats {
            try AttendanceStore.seat(
                session: access.session, access: access, source: .channel, now: transaction.now, in: connection
            )
        }
        return admission
    }

    /// The rules that need no seat.
    init(_ caller: Caller, _ access: SessionAccess, services: Hub.Services, now: Timestamp) throws(HubError) {
        let role = try access.requireMember()
        try SessionLifecycle.channelOpening(
            for: access.session, isHost: access.isHost, now: now, windows: services.windows
        )
        self.caller = caller
        session = access.session
        entry = Presence.Entry(person: access.user, role: role)
    }
}

/// What a newcomer or a returner needs, read in one read transaction: state as of exactly `seq`.
struct Welcome: Sendable {
    struct Request: Sendable {
        let session: Int64
        let caller: Caller
        let resume: ClientCommand.Resume?
        let epoch: String
        let now: Timestamp
        let windows: ClassWindows
    }

    private static let (resumeEvents, resumeBytes, freshEvents) = (1000, 256 * 1024, 100)

    let seq: Int64
    private let epoch: String
    private let session: JSON
    private let me: JSON
    private let events: [JSON]
    private let isResumed: Bool

    static func read(_ request: Request, in connection: any SQLConnection) throws -> Welcome {
        let caller = request.caller
        let access = try SessionAccess.load(
            session: request.session, for: caller, in: connection
        )
        let role = try access.requireMember()
        let head = access.session.headSeq
        let missed = try missed(request, head: head, isHost: access.isHost, in: connection)
        let entry = Presence.Entry(person: access.user, role: role)
        return Welcome(
            seq: head, epoch: request.epoch,
            session: .object(SessionRendering.json(for: access, now: request.now, windows: request.windows)),
            me: [
                "user": entry.json, "role": .string(role.rawValue),
                "permissions": .array(Permissions.commands(isHost: access.isHost).map { .string($0) }),
            ],
            events: try missed ?? newest(request, isHost: access.isHost, in: connection), isResumed: missed != nil
        )
    }

    /// What came after the client's position, or nil when it cannot be bridged.
    private static func missed(
        _ request: Request, head: Int64, isHost: Bool, in connection: any SQLConnection
    ) throws -> [JSON]? {
        guard let resume = request.resume, resume.epoch == request.epoch, resume.seq <= head,
            head - resume.seq <= Int64(resumeEvents)
        else { return nil }
        let events = try JournalStore.events(
            session: request.session, after: resume.seq, limit: resumeEvents, in: connection
        )
        let page = HistoryPage.bounded(events, user: request.caller.userID, isHost: isHost)
        return page.count == events.count ? page : nil
    }

    private static func newest(_ request: Request, isHost: Bool, in connection: any SQLConnection) throws -> [JSON] {
        let events = try JournalStore.newest(session: request.session, limit: freshEvents, in: connection)
        return HistoryPage.bounded(events.reversed(), user: request.caller.userID, isHost: isHost).reversed()
    }

    func json(presence: JSON, limits: JSON, now: Timestamp) -> JSON {
        [
            "type": "welcome", "session": session, "me": me, "seq": .integer(seq), "epoch": .string(epoch),
            "resumed": .bool(isResumed), "events": .array(events), "presence": presence,
            "server_time": .string(now.text), "limits": limits,
        ]
    }
}

/// What a page may offer to a person; the server decides again at each command.
enum Permissions {
    static func commands(isHost: Bool) -> [String] {
        let everybody = ["chat.post", "chat.delete", "typing", "history", "presence.list", "token.refresh", "ping"]
        return isHost ? everybody + ["chat.delete.any", "session.start", "session.end", "session.update"] : everybody
    }
}
