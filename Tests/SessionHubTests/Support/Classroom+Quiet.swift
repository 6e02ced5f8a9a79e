import Database
import HTTPTypes
import StrictJSON
import TestSupport
import Testing
import WebSocketServer

@testable import SessionHub

/// A classroom whose hub listens nowhere: requests are put to its router, nothing happens there by itself, and what it
/// publishes is kept.
extension Classroom {
    /// 2026-03-15T10:00:00Z: where the clock of a quiet room stands at first, and when its classes are planned.
    static let ten = morning + hour

    /// - Parameters:
    ///   - isEmpty: nobody is there yet.
    ///   - change: sets keys of its configuration.
    static func quiet(
        at now: Timestamp = ten, isEmpty: Bool = false, change: (inout HubConfiguration) -> Void = { _ in },
        _ body: (Classroom) async throws -> Void
    ) async throws {
        let folder = try TestFolder()
        var configuration = TestHub.standard(database: try await TestDatabase.place(in: folder))
        configuration.publicURL = "https://hub.example.org"
        configuration.jitsi.serverURL = "https://meet.example.org"
        configuration.jitsi.appSecret = "jX5vQ8rT2nL9wK4pZ7mC3bH6gF1dS0aY"
        change(&configuration)
        let room = try await quiet(configuration, MovableClock(now), folder)
        defer { try? room.application.close() }
        if !isEmpty { try await room.fill() }
        room.published.forget()
        try await body(room)
    }

    private static func quiet(
        _ configuration: HubConfiguration, _ clock: MovableClock, _ folder: TestFolder
    ) async throws -> Classroom {
        let published = Publications()
        let application = try await HubApplication(
            configuration: configuration, clock: clock.machineClock, driver: TestDatabase.driver,
            logger: TestHub.silence,
            publisher: published
        )
        let record = application.clock.record
        try await application.journal.write { try ClockStore.save(record, in: $0.connection) }
        return Classroom(application: application, socket: nil, clock: clock, folder: folder, published: published)
    }

    /// The same file under a new hub of the same machine, which starts so much later: this one has gone without a word.
    func restarted(after milliseconds: Int64) async throws -> Classroom {
        try application.close()
        clock.advance(milliseconds: milliseconds)
        return try await Self.quiet(application.configuration, clock, folder)
    }

    /// As a hub does a few times a second: what it has seen of the machine's clock outlives it.
    func lookAtClock() async throws {
        guard let step = application.clock.review() else { return }
        let record = application.clock.record
        try await write { try ClockStore.follow(step, record: record, in: $0.connection) }
    }

    /// By the clock that nobody sets.
    var steady: Timestamp { application.clock.steady }
    var windows: ClassWindows { application.configuration.windows }
    var identities: IdentityStore { IdentityStore(conflicts: IdentityConflicts(), clock: application.clock) }

    func write<Value: Sendable>(
        _ work: @escaping @Sendable (JournalTransaction) throws -> Value
    ) async throws -> Value {
        try await application.journal.write(work)
    }

    /// As the channel lets somebody in; nil when it refuses.
    func admit(_ person: Someone, to session: Int64) async throws -> Admission? {
        let register = StoredRegister(
            tokens: application.tokens, identities: identities, clock: application.clock, windows: windows
        )
        do {
            return try await write { try register.admit(person.caller, to: session, in: $0) }
        } catch let error as HubError where error.code != .internal && error.code != .storeUnavailable {
            return nil
        }
    }

    /// Puts a request to the router.
    func answer(_ method: String, _ target: String, headers: [(String, String)], body: [UInt8]) async throws
        -> TestResponse
    {
        guard let method = HTTPRequest.Method(method) else { throw TestFailure("\(method) is no method") }
        var fields = HTTPFields()
        for (name, value) in headers {
            guard let name = HTTPField.Name(name) else { throw TestFailure("\(name) is no header") }
            fields[name] = value
        }
        let response = await application.router.answer(method, target, headers: fields, body: body)
        return TestResponse(
            status: Int(response.status.code), headers: response.headers.map { ($0.name.rawName, $0.value) },
            body: response.body.bytes
        )
    }

    /// A token of anybody's, whether the room knows them or not.
    func token(
        _ id: Int64, _ role: Caller.Role, email: String? = nil, firstName: String = "", lastName: String = "",
        issuedAt: Int64? = nil
    ) throws -> String {
        try application.tokens.mint(
            userID: id, email: email ?? "user\(id)@school.example", role: role, firstName: firstName,
            lastName: lastName, issuedAt: issuedAt ?? nowSeconds, expiresAt: nowSeconds + 3600
        )
    }

    /// A request with a text for its body.
    func send(
        _ method: HTTPRequest.Method, _ path: String, token: String? = nil, body: String = "",
        type: String = "application/json"
    ) async throws -> TestResponse {
        try await send(
            method.rawValue, path, token: token, headers: body.isEmpty ? [] : [("Content-Type", type)],
            body: Array(body.utf8)
        )
    }

    /// Makes somebody a member of course 1, who was none.
    func enroll(_ person: Someone) async throws {
        _ = try data(await put("/api/courses/1/enrollments/\(person.id)", as: .admin, [:]), status: 201)
    }

    // MARK: - Classes

    /// A class of course 1 on the timetable, for two hours.
    func plan(_ title: String = "Waves", from start: Timestamp = ten, seats: Int64 = 50) async throws -> Int64 {
        let body: JSON = [
            "title": .string(title), "scheduled_start_at": .string(start.text),
            "scheduled_end_at": .string((start + 2 * Self.hour).text), "max_participants": .integer(seats),
        ]
        let answer = try await post("/api/courses/1/live-sessions", as: .teacher, body)
        guard let id = answer.data["id"]?.integerValue else { throw TestFailure(answer.text) }
        return id
    }

    /// The same, started now.
    func planLive(_ title: String = "Waves", seats: Int64 = 50) async throws -> Int64 {
        let id = try await plan(title, seats: seats)
        _ = try data(await post("/api/live-sessions/\(id)/start", as: .teacher))
        return id
    }

    func access(_ session: Int64, _ person: Someone) async throws -> SessionAccess {
        try await application.database.read { connection in
            try SessionAccess.load(session: session, for: person.caller, in: connection)
        }
    }

    func segments(_ session: Int64, _ person: Someone) async throws -> [AttendanceSegment] {
        try await application.database.read { connection in
            try AttendanceStore.segments(session: session, user: person.id, in: connection)
        }
    }
}

extension Someone {
    /// As their token names them, for the rules below authentication.
    var caller: Caller {
        Caller(userID: id, role: role, email: email, expiresAt: Classroom.ten + 864_000_000)
    }
}
