import Database
import Logging
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// A hub with the people of `Someone`, a clock that stands still, and short words for what tests do often.
///
/// It is a `TestHub` behind its socket (`with`), or a hub without one (`quiet`).
struct Classroom {
    /// When every test begins: a Sunday morning, in whole seconds.
    static let morning = Timestamp(milliseconds: 1_773_565_200_000)  // 2026-03-15T09:00:00Z
    static let minute: Int64 = 60_000
    static let hour: Int64 = 3_600_000

    let application: HubApplication
    /// Nil in a quiet room.
    let socket: HTTPTestClient?
    let clock: MovableClock
    let folder: TestFolder
    let published: Publications

    var client: HTTPTestClient {
        guard let socket else { preconditionFailure("a quiet room has no socket") }
        return socket
    }

    var port: UInt16 { client.port }

    /// Runs `body` with a hub of its own. `change` sets keys of its configuration.
    static func with(
        _ change: (inout HubConfiguration) throws -> Void = { _ in }, logger: Logger = TestHub.silence,
        _ body: (Classroom) async throws -> Void
    ) async throws {
        let clock = MovableClock(morning)
        try await TestHub.with(clock: clock.hubClock, logger: logger, change) { hub in
            let room = Classroom(
                application: hub.application, socket: hub.http, clock: clock, folder: hub.folder,
                published: Publications()
            )
            try await room.fill()
            try await body(room)
        }
    }

    func fill() async throws {
        let answer = try await importLines(Someone.directory)
        try #require(answer.status == 200, "\(answer.text)")
    }

    func importLines(_ text: String, query: String = "") async throws -> TestResponse {
        try await send(
            "POST", "/api/directory/import\(query)", token: serviceToken(),
            headers: [("Content-Type", "application/x-ndjson")], body: Array(text.utf8)
        )
    }

    // MARK: - Tokens

    var nowSeconds: Int64 { clock.now.seconds }

    /// A token as the platform mints them, an hour long.
    func token(_ person: Someone, lasting seconds: Int64 = 3600) throws -> String {
        try application.tokens.mint(
            userID: person.id, email: person.email, role: person.role, firstName: person.name.first,
            lastName: person.name.last, issuedAt: nowSeconds, expiresAt: nowSeconds + seconds
        )
    }

    /// A token without names, as the seed's platform mints them.
    func namelessToken(_ person: Someone) throws -> String {
        try application.tokens.mint(
            userID: person.id, email: person.email, role: person.role, issuedAt: nowSeconds, expiresAt: nowSeconds + 60
        )
    }

    func serviceToken() throws -> String {
        try application.tokens.mint(
            userID: 0, email: "", role: .service, service: "platform", issuedAt: nowSeconds,
            expiresAt: nowSeconds + 3600
        )
    }

    // MARK: - Accounts

    /// Gives a person a password as an administrator does.
    func setPassword(_ person: Someone, _ password: JSON) async throws {
        _ = try data(await put("/api/users/\(person.id)", as: .admin, ["password": password]))
        // A new password is a revocation: tokens that the platform issues within the minute after it do not count.
        clock.advance(seconds: 60)
    }

    func login(_ email: JSON, _ password: JSON) async throws -> TestResponse {
        try await client.send("POST", "/api/auth/login", json: ["email": email, "password": password])
    }

    func login(_ person: Someone, _ password: JSON) async throws -> TestResponse {
        try await login(.string(person.email), password)
    }

    // MARK: - Requests

    /// Over the socket; in a quiet room past it.
    func send(
        _ method: String, _ path: String, token: String? = nil, json: JSON? = nil, headers: [(String, String)] = [],
        body: [UInt8]? = nil
    ) async throws -> TestResponse {
        if let socket {
            return try await socket.send(method, path, token: token, json: json, headers: headers, body: body)
        }
        var headers = headers
        if let token { headers.append(("Authorization", "Bearer \(token)")) }
        if json != nil { headers.append(("Content-Type", "application/json")) }
        return try await answer(method, path, headers: headers, body: body ?? json?.encoded() ?? [])
    }

    func get(_ path: String, as person: Someone) async throws -> TestResponse {
        try await send("GET", path, token: token(person))
    }

    func post(_ path: String, as person: Someone, _ json: JSON? = nil) async throws -> TestResponse {
        try await send("POST", path, token: token(person), json: json)
    }

    func put(_ path: String, as person: Someone, _ json: JSON?) async throws -> TestResponse {
        try await send("PUT", path, token: token(person), json: json)
    }

    func delete(_ path: String, as person: Someone) async throws -> TestResponse {
        try await send("DELETE", path, token: token(person))
    }

    // MARK: - Sessions

    /// A scheduled class of course 1.
    ///
    /// - Parameter minutes: from now to its start; it lasts two hours.
    func schedule(
        inMinutes minutes: Int64 = 60, by person: Someone = .teacher, course: Int64 = 1, _ more: JSONObject = [:]
    ) async throws -> Int64 {
        let start = clock.now + minutes * Self.minute
        var fields: JSONObject = [
            "title": "Séance", "scheduled_start_at": .string(start.text),
            "scheduled_end_at": .string((start + 2 * Self.hour).text),
        ]
        for member in more.members { fields[member.name] = member.value }
        let row = try data(
            await post("/api/courses/\(course)/live-sessions", as: person, .object(fields)), status: 201
        )
        return try #require(row["id"]?.integerValue)
    }

    /// A class that runs, started now.
    func live(by person: Someone = .teacher, course: Int64 = 1, _ more: JSONObject = [:]) async throws -> Int64 {
        let session = try await schedule(inMinutes: 0, by: person, course: course, more)
        _ = try data(await post("/api/live-sessions/\(session)/start", as: person))
        return session
    }

    /// A class that ran and is over.
    func ended(_ more: JSONObject = [:]) async throws -> Int64 {
        let session = try await live(more)
        _ = try data(await post("/api/live-sessions/\(session)/end", as: .teacher))
        return session
    }

    func cancelled() async throws -> Int64 {
        let session = try await schedule()
        _ = try data(await post("/api/live-sessions/\(session)/cancel", as: .teacher))
        return session
    }

    @discardableResult
    func join(
        _ session: Int64, _ person: Someone, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> JSON {
        try await data(post("/api/live-sessions/\(session)/join", as: person), sourceLocation: sourceLocation)
    }

    @discardableResult
    func leave(
        _ session: Int64, _ person: Someone, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> JSON {
        try await data(post("/api/live-sessions/\(session)/leave", as: person), sourceLocation: sourceLocation)
    }

    @discardableResult
    func end(_ session: Int64) async throws -> JSON {
        try await data(post("/api/live-sessions/\(session)/end", as: .teacher))
    }

    // MARK: - Channels

    /// A connection to the session's channel that has not said hello.
    func open(_ session: Int64) async throws -> WebSocketTestClient {
        try await WebSocketTestClient.open(port: port, path: TestHub.channelPath(session))
    }

    /// Somebody on the channel of a class, with the welcome.
    func enter(
        _ session: Int64, _ person: Someone, resume: (seq: Int64, epoch: String)? = nil
    ) async throws -> (client: WebSocketTestClient, welcome: JSON) {
        try await enter(session, token: token(person), resume: resume)
    }

    /// The same for whoever has this token.
    func enter(
        _ session: Int64, token: String?, resume: (seq: Int64, epoch: String)? = nil
    ) async throws -> (client: WebSocketTestClient, welcome: JSON) {
        let client = try await open(session)
        return (client, try await client.hello(token, resume: resume))
    }

    // MARK: - The store

    /// Changes the store where no route does.
    func execute(_ sql: String, _ parameters: [SQLValue]) async throws {
        _ = try await application.journal.write { try $0.connection.execute(sql, parameters) }
    }

    /// The session as the store has it, secrets included.
    func row(_ session: Int64) async throws -> LiveSession {
        try await application.database.read { connection in
            try SessionAccess.load(
                session: session,
                for: Caller(userID: 1, role: .service, email: "", expiresAt: Timestamp(milliseconds: 0)),
                includingHidden: true, in: connection
            )
            .session
        }
    }
}
