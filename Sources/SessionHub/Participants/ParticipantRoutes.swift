import HTTPTypes
import StrictJSON
import Tokens
import WebSocketServer

/// Joining and leaving a class, its participants, and the Jitsi token.
struct ParticipantRoutes: Sendable {
    private let clock: HubClock
    private let operations: ParticipantOperations
    private let jitsi: JitsiService
    private let channelTokens: ChannelTokens
    private let address: PublicAddress
    private let windows: ClassWindows
    private let rendering = ParticipantRendering()

    /// The most participants that one answer holds.
    private static let everybody: Int64 = 1000

    init(
        clock: HubClock, operations: ParticipantOperations,
        jitsi: JitsiService, channelTokens: ChannelTokens, address: PublicAddress, windows: ClassWindows
    ) {
        self.clock = clock
        self.operations = operations
        self.jitsi = jitsi
        self.channelTokens = channelTokens
        self.address = address
        self.windows = windows
    }

    func add(to api: inout API) {
        api.add(.post, "/api/live-sessions/{sessionId:int}/join", for: .arriving, answersAnew: true, join)
        api.add(.post, "/api/live-sessions/{sessionId:int}/leave", for: .attendees, leave)
        api.add(
            .post, "/api/live-sessions/{sessionId:int}/jitsi-token", for: .peopleInClass, answersAnew: true, jitsiToken)
        api.add(.get, "/api/live-sessions/{sessionId:int}/participants", for: .members, list)
    }

    private func join(_ call: Call, _ entrance: Entrance<SessionAccess>) async throws -> Reply {
        let (fields, caller) = (try call.body(), call.caller)
        return try await entrance.write(.session(entrance.id)) { access, transaction in
            try join(access, fields, caller, in: transaction)
        } late: { joined in
            // The client was told that joining failed, and may never come to leave.
            if !joined.wasSeated { entrance.owe(.session(entrance.id)) { try joined.undo(in: $0) } }
        }.reply
    }

    /// Everything that can fail is done here, before the seat is taken for good.
    private func join(
        _ access: SessionAccess, _ fields: Fields, _ caller: Caller, in transaction: JournalTransaction
    ) throws -> Joined {
        try operations.join(access, fields: fields, caller: caller, in: transaction)
        let id = access.session.id
        let now = transaction.now
        let entry = try jitsi.entry(session: access.session, access: access, email: caller.email, now: now)
        let end = SessionLifecycle.channelTokenExpiry(for: access.session, now: now, windows: windows)
        let channelToken = try channelTokens.mint(
            userID: caller.userID, email: caller.email, role: caller.role, login: caller.login, session: id,
            expiresAt: min(end, access.guestUntil ?? end)
        )
        let joinedAt = access.session.time(at: transaction.moment)
        let reply = Reply(
            [
                "session_id": .integer(id), "user_id": .integer(caller.userID),
                "role": .optional(access.role?.rawValue), "joined_at": .string(joinedAt.text),
                "jitsi_join_url": .string(entry.joinURL), "jitsi_room_name": .string(access.session.roomName),
                "jitsi_room_password": .string(access.session.roomPassword),
                "jitsi_domain": .string(entry.room.embedHost), "jitsi_embed_room": .string(entry.room.embedName),
                "jitsi_config": .object(entry.config),
                "jitsi_server_url": .string(entry.serverURL), "jwt": .optional(entry.jwt),
                "expires_at": .optional(entry.expiresAt), "channel_url": .string(address.channel(id)),
                "channel_token": .string(channelToken),
            ],
            message: Localized(en: "You are in.", fr: "Vous êtes entré.")
        )
        return Joined(
            reply: reply, session: id, user: caller.userID, wasSeated: access.isSeated, joinedAt: joinedAt
        )
    }

    private struct Joined {
        let reply: Reply
        let session: Int64
        let user: Int64
        let wasSeated: Bool
        let joinedAt: Timestamp

        func undo(in transaction: JournalTransaction) throws {
            try AttendanceStore.leave(session: session, user: user, at: joinedAt, in: transaction.connection)
        }
    }

    private func leave(_ call: Call, _ entrance: Entrance<SessionAccess>) async throws -> Reply {
        try call.takesNothing()
        let (operations, caller) = (operations, call.caller)
        let (session, participant) = try await entrance.write(.session(entrance.id)) { access, transaction in
            (access.session, try operations.leave(access, caller: caller, in: transaction))
        }
        let sum = participant.sum(in: session, now: session.time(at: clock.moment))
        return Reply(
            [
                "session_id": .integer(session.id), "user_id": .integer(caller.userID),
                "left_at": .optional(participant.leftAt), "attendance_duration": .integer(sum.minutes),
                "attendance_seconds": .integer(sum.seconds),
            ],
            message: Localized(en: "You have left.", fr: "Vous êtes sorti.")
        )
    }

    /// Gives a token for coming back into the room. The role in it is the hub's own word, whatever the body says. It
    /// takes no seat, so that only people who hold one get a token, and hosts, who need none. Seat and status are read
    /// in one query.
    private func jitsiToken(_ call: Call, _ entrance: Entrance<SessionAccess>) async throws -> Reply {
        try call.takesNothing()
        let (caller, now) = (call.caller, clock.now)
        let access = try await entrance.read { access, _ in access }
        try operations.admit(access, now: now)
        guard access.hasPlace else { throw HubError(.sessionFull) }
        guard access.isHost || access.isSeated else { throw HubError(.notJoined) }
        try access.requirePresent()
        let entry = try jitsi.entry(session: access.session, access: access, email: caller.email, now: now)
        return Reply([
            "jwt": .optional(entry.jwt), "jitsi_join_url": .string(entry.joinURL),
            "expires_at": .optional(entry.expiresAt),
        ])
    }

    /// The seed's clients ask without a page and mean everybody.
    private func list(_ call: Call, _ entrance: Entrance<SessionAccess>) async throws -> Reply {
        let isPaged = ["page", "limit"].contains { call.request.query.first($0)?.isEmpty == false }
        let page = isPaged ? try call.page() : Page(number: 1, limit: Self.everybody)
        let (access, people, total) = try await entrance.read { access, connection in
            let id = access.session.id
            return (
                access,
                try ParticipantStore.page(session: id, limit: page.limit, offset: page.offset, in: connection),
                try SessionStore.participantsCount(session: id, in: connection)
            )
        }
        return Reply(
            rendering.json(people, for: access, now: access.session.time(at: clock.moment)),
            pagination: page.pagination(total: total)
        )
    }
}
