import Database
import StrictJSON
import Synchronization
import TestSupport
import Testing

@testable import SessionHub

/// A hub with the callers of the access tables and the classes that they meet.
struct AccessRoom {
    typealias Caller = AccessTable.Caller

    let room: Classroom
    private let revokedToken: String
    private let guests = GuestBook()

    /// The tokens of the guests, by class.
    private final class GuestBook: Sendable {
        let tokens = Mutex<[Int64: String]>([:])
    }

    static func with(_ body: (AccessRoom) async throws -> Void) async throws {
        try await Classroom.with { room in
            let revoked = try room.token(.admin, lasting: 24 * 3600)
            room.clock.advance(milliseconds: 1)
            _ = try data(await room.client.send("POST", "/api/users/1/revoke", token: room.serviceToken()))
            // Times of issue have whole seconds, and a platform's clock may be ahead by a minute: from here on tokens
            // are newer.
            room.clock.advance(seconds: 60, milliseconds: 999)
            try await body(AccessRoom(room: room, revokedToken: revoked))
        }
    }

    // MARK: - Callers

    func person(_ caller: Caller) -> Someone? {
        switch caller {
        case .none, .service, .guest: nil
        case .expired, .revoked, .admin: .admin
        case .outsider: .outsider
        case .student, .cohost: .koffi
        case .member, .channel: .awa
        case .former: .former
        case .assist: .assistant
        case .teacher: .teacher
        case .other: .otherTeacher
        }
    }

    /// - Parameter session: what a channel token opens.
    func token(_ caller: Caller, session: Int64) async throws -> String? {
        switch caller {
        case .none: return nil
        case .guest:
            if let token = guests.tokens.withLock({ $0[session] }) { return token }
            let some = try await self.session("{live}", for: .guest)
            return guests.tokens.withLock { $0[some] }
        case .expired: return try room.token(.admin, lasting: 0)
        case .revoked: return revokedToken
        case .service: return try room.serviceToken()
        case .channel:
            return try ChannelTokens(tokens: room.application.tokens, clock: room.clock.hubClock).mint(
                userID: Someone.awa.id, email: Someone.awa.email, role: .student, session: session,
                expiresAt: room.clock.now + Classroom.hour
            )
        default: return try person(caller).map { try room.token($0) }
        }
    }

    // MARK: - Classes

    /// A new class of course 1 in the state of this name, in which the caller is what the column says.
    func session(_ state: String, for caller: Caller) async throws -> Int64 {
        switch state {
        case "{early}", "{scheduled}", "{cancelled}", "{deleted}":
            let session = try await room.schedule(inMinutes: state == "{early}" ? 60 : 5)
            if caller == .cohost { try await makeCohost(session) }
            if caller == .guest { try await invite(to: session) }
            if state == "{cancelled}" { _ = try data(await room.post(path(session, "/cancel"), as: .teacher)) }
            if state == "{deleted}" { _ = try data(await room.delete(path(session), as: .teacher)) }
            return session
        case "{live}", "{ended}", "{over}":
            let session = try await room.live()
            try await fill(session, for: caller)
            if state != "{live}" { try await room.end(session) }
            if state == "{over}" { room.clock.advance(seconds: 15 * 60) }
            return session
        default: throw TestFailure("the tables have no class \(state)")
        }
    }

    private func path(_ session: Int64, _ rest: String = "") -> String { "/api/live-sessions/\(session)\(rest)" }

    private func fill(_ session: Int64, for caller: Caller) async throws {
        try await room.join(session, .awa)
        if caller == .cohost { try await makeCohost(session) }
        if caller == .guest {
            let token = try await invite(to: session)
            _ = try data(await room.send("POST", path(session, "/join"), token: token))
        }
        if caller == .former {
            let enrollment = "/api/courses/1/enrollments/\(Someone.former.id)"
            _ = try data(await room.put(enrollment, as: .admin, ["is_active": true]))
            try await room.join(session, .former)
            _ = try data(await room.put(enrollment, as: .admin, ["is_active": false]))
        }
    }

    /// The guest whom the column means.
    @discardableResult
    private func invite(to session: Int64) async throws -> String {
        let token = try await room.visitor(session).token
        guests.tokens.withLock { $0[session] = token }
        return token
    }

    /// A co-host who has been in the class.
    private func makeCohost(_ session: Int64) async throws {
        _ = try data(await room.put(path(session, "/cohosts/\(Someone.koffi.id)"), as: .teacher, nil))
        try await room.execute(
            """
            INSERT INTO live_session_participants (session_id, user_id, role, first_joined_at)
            VALUES ($1, $2, 'moderator', $3)
            """,
            [.integer(session), .integer(Someone.koffi.id), .timestamp(room.clock.now)]
        )
    }

    // MARK: - What was said

    /// A message of this person, past the channel.
    func post(_ kind: ChatContent.Kind, by person: Someone, in session: Int64) async throws -> Int64 {
        try await post(kind, with: room.token(person), in: session)
    }

    /// A message of the caller; of the neighbour without one, and for one who is nobody.
    func post(
        _ kind: ChatContent.Kind, by caller: Caller?, else neighbour: Someone, in session: Int64
    ) async throws -> Int64 {
        if caller == .guest, let token = try await token(.guest, session: session) {
            return try await post(kind, with: token, in: session)
        }
        return try await post(kind, by: caller.flatMap(person) ?? neighbour, in: session)
    }

    private func post(_ kind: ChatContent.Kind, with token: String, in session: Int64) async throws -> Int64 {
        let windows = room.application.configuration.windows
        let author = try room.application.tokens.caller(from: token, nowSeconds: room.nowSeconds)
        return try await room.application.journal.write { transaction in
            try ChatOperations(windows: windows).post(
                ChatPost(
                    clientID: "\(kind.rawValue)-\(author.userID)", kind: kind, text: "Bonjour", replyTo: nil,
                    isAnonymous: false
                ), as: SessionAccess.load(session: session, for: author, in: transaction.connection), in: transaction
            ).id
        }
    }

    /// A material that the teacher has put up.
    func material(in session: Int64) async throws -> Int64 {
        let material: JSON = ["title": "TLS", "url": "https://tls.example"]
        let added = try data(await room.post(path(session, "/materials"), as: .teacher, material), status: 201)
        guard let id = added["id"]?.integerValue else { throw TestFailure("no material") }
        return id
    }

    /// Everything durable that happened in the class.
    func events(_ session: Int64) async throws -> Int {
        try await room.application.database.read { connection in
            try EventReader.hub.events(session: session, after: 0, limit: 1000, in: connection).count
        }
    }
}
