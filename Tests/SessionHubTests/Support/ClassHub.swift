import Foundation
import HTTPTypes
import Logging
import StrictJSON
import Synchronization
import TestSupport

@testable import Database
@testable import SessionHub
@testable import WebSocketServer

/// The class half of the hub on a real file database, without sockets: its routes are called as the server would.
///
/// Course 1 is taught by `teacher` with `assistant`; the students are enrolled, `lapsed` no longer, `outsider` never.
final class ClassHub: JournalPublisher {
    static let (teacher, assistant, admin): (Int64, Int64, Int64) = (1, 2, 3)
    static let (awa, bob, chen): (Int64, Int64, Int64) = (10, 11, 12)
    static let (outsider, lapsed): (Int64, Int64) = (20, 21)
    static let course: Int64 = 1
    /// 2026-03-15T10:00:00Z: when the classes of these tests are scheduled.
    static let ten = Timestamp(seconds: 1_773_568_800)

    /// The machine's clocks: milliseconds since its start, and what the wall clock says.
    private struct Machine {
        var elapsed: Int64 = 0
        var wall: Int64
    }

    let database: SQLiteDatabase
    let windows = ClassWindows()
    private let path: String
    private let machine: Mutex<Machine>
    private let clockBox = Mutex<HubClock?>(nil)
    private let servicesBox = Mutex<Hub.Services?>(nil)
    private let journalBox = Mutex<Journal?>(nil)
    private let routerBox = Mutex(Router())
    private let published = Mutex<([ServerEvent], [HubSignal])>(([], []))

    private init(path: String, machine: Machine) throws {
        self.path = path
        database = try SQLiteDatabase(path: path, readers: 2, logger: Logger(label: "test"))
        self.machine = Mutex(machine)
    }

    /// - Parameter now: where the clock stands at first; it moves only by `advance`.
    static func run(at now: Timestamp = ten, _ body: (ClassHub) async throws -> Void) async throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("amphi-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: url) }
        let hub = try ClassHub(path: url.path + "/hub.db", machine: Machine(wall: now.milliseconds))
        defer { try? hub.database.close() }
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../migrations")
        _ = try await Migrator(directory: root.standardizedFileURL.path).migrate(hub.database)
        try await hub.seed()
        try hub.wire()
        try await hub.resumeClock()
        try await body(hub)
    }

    /// The same file under a new hub of the same machine, which starts so much later: this one has gone without a word.
    func restarted(after milliseconds: Int64) async throws -> ClassHub {
        try database.close()
        advance(milliseconds: milliseconds)
        let hub = try ClassHub(path: path, machine: machine.withLock(\.self))
        try hub.wire()
        try await hub.resumeClock()
        return hub
    }

    /// As a hub does at its start.
    private func resumeClock() async throws {
        guard let clock = clockBox.withLock(\.self) else { return }
        try await write { transaction in
            if let record = try ClockStore.read(in: transaction.connection) { _ = clock.resume(record) }
            try ClockStore.save(clock.record, in: transaction.connection)
        }
    }

    /// As a hub does a few times a second: what it has seen of the machine's clock outlives it.
    func lookAtClock() async throws {
        guard let clock = clockBox.withLock(\.self), let step = clock.review() else { return }
        try await write { try ClockStore.follow(step, record: clock.record, in: $0.connection) }
    }

    /// By the clock that nobody sets.
    var steady: Timestamp { clockBox.withLock(\.self)?.steady ?? now }

    private func wire() throws {
        let clock = HubClock(
            wall: { [self] in machine.withLock(\.wall) }, elapsed: { [self] in machine.withLock(\.elapsed) },
            boot: "the same"
        )
        clockBox.withLock { $0 = clock }
        let journal = Journal(
            database: database, clock: clock, publisher: self, reader: .hub, driver: ContractDriver(),
            logger: Logger(label: "test")
        )
        let jitsi = try JitsiService(Self.jitsi())
        let address = PublicAddress(httpBase: "https://hub.example.org")
        let tokens = try TokenService(secret: String(repeating: "channel-secret-", count: 4))
        let operations = SessionOperations(jitsi: jitsi, windows: windows)
        let services = Hub.Services(
            database: database, clock: clock, windows: windows, limits: HubLimits(),
            register: StoredRegister(
                tokens: tokens, identities: IdentityStore(conflicts: IdentityConflicts(), clock: clock), clock: clock,
                windows: windows
            ),
            chores: [operations.endingChore(clock: clock)],
            language: .english, logger: Logger(label: "test")
        )
        servicesBox.withLock { $0 = services }
        var api = API(
            router: Router(), store: API.Store(database: database, journal: journal),
            authenticate: { try Self.caller($0) }, defaultLanguage: .english, logger: Logger(label: "test")
        )
        SessionRoutes(
            database: database, clock: clock, operations: operations,
            steering: .steering(Self.unlimited, clock: clock), jitsi: jitsi, windows: windows
        ).add(to: &api)
        ParticipantRoutes(
            clock: clock, operations: ParticipantOperations(windows: windows, address: address), jitsi: jitsi,
            channelTokens: ChannelTokens(tokens: tokens, clock: clock), address: address, windows: windows
        ).add(to: &api)
        AttendanceRoutes(clock: clock, zones: .utc).add(to: &api)
        ChatRoutes(reader: .hub).add(to: &api)
        CalendarRoutes(
            database: database, clock: clock, address: address,
            operations: CalendarOperations(zones: .utc, windows: windows)
        ).add(to: &api)
        journalBox.withLock { $0 = journal }
        let router = api.router
        routerBox.withLock { $0 = router }
    }

    private static let unlimited: HubLimits = {
        var limits = HubLimits()
        (limits.steeringPerUser, limits.steeringPerSession) = (0, 0)
        return limits
    }()

    private static func jitsi() throws -> JitsiConfiguration {
        var settings = JitsiConfiguration.Settings()
        settings.serverURL = "https://meet.example.org"
        settings.appSecret = "jX5vQ8rT2nL9wK4pZ7mC3bH6gF1dS0aY"
        return try JitsiConfiguration(settings)
    }

    // MARK: - Time, writing, what was published

    var now: Timestamp { clockBox.withLock(\.self)?.now ?? Timestamp(milliseconds: machine.withLock(\.wall)) }

    func advance(seconds: Int64) { advance(milliseconds: seconds * 1000) }

    func advance(milliseconds: Int64) {
        machine.withLock { machine in
            machine.elapsed += milliseconds
            machine.wall += milliseconds
        }
    }

    func advance(to moment: Timestamp) { advance(milliseconds: moment.milliseconds - now.milliseconds) }

    /// Somebody sets the machine's clock; no time passes.
    func setClock(by milliseconds: Int64) { machine.withLock { $0.wall += milliseconds } }

    /// As the channel lets somebody in; nil when it refuses.
    func admit(_ user: Int64, to session: Int64) async throws -> Admission? {
        guard let services = servicesBox.withLock(\.self) else { throw HubError(.internal) }
        do {
            return try await write { transaction in
                try services.register.admit(Self.caller(user), to: session, in: transaction)
            }
        } catch let error as HubError where error.code != .internal && error.code != .storeUnavailable {
            return nil
        }
    }

    func write<Value: Sendable>(
        _ work: @escaping @Sendable (JournalTransaction) throws -> Value
    ) async throws -> Value {
        let journal = journalBox.withLock { $0 }
        guard let journal else { throw HubError(.internal) }
        return try await journal.write(work)
    }

    func publish(_ events: [ServerEvent], _ signals: [HubSignal]) {
        published.withLock { published in
            published.0 += events
            published.1 += signals
        }
    }

    var events: [JSON] { published.withLock { $0.0.map(\.json) } }
    var signals: [HubSignal] { published.withLock { $0.1 } }

    // MARK: - Requests

    struct Answer: Sendable {
        let status: Int
        let bytes: [UInt8]
        let headers: HTTPFields

        var json: JSON? { try? JSON.parse(bytes, limits: .request) }
        var data: JSON { json?["data"] ?? .null }
        var code: String? { json?["code"]?.stringValue }
        var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    func get(_ target: String, as user: Int64) async -> Answer { await send(.get, target, as: user) }

    func post(_ target: String, _ body: JSON? = nil, as user: Int64) async -> Answer {
        await send(.post, target, body, as: user)
    }

    func send(_ method: HTTPRequest.Method, _ target: String, _ body: JSON? = nil, as user: Int64) async -> Answer {
        let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
        let query = parts.count == 2 ? parts[1].split(separator: "&").map(String.init) : []
        let items = query.map { item in
            let pair = item.split(separator: "=", maxSplits: 1).map(String.init)
            return (name: pair[0], value: pair.count == 2 ? pair[1] : "")
        }
        var headers: HTTPFields = [.authorization: String(user)]
        if body != nil { headers[.contentType] = "application/json" }
        var request = Request(
            method: method, path: parts[0], query: QueryItems(items), headers: headers, body: body?.encoded() ?? []
        )
        let (resolution, parameters) = routerBox.withLock { $0 }.resolve(method, request.segments)
        guard case .handler(let handler, _) = resolution else { return Answer(status: 404, bytes: [], headers: [:]) }
        request.parameters = parameters
        let response = await handler(request)
        return Answer(status: response.status.code, bytes: response.body.bytes, headers: response.headers)
    }

    /// The header names the person: tokens are tested elsewhere. 0 is a service.
    private static func caller(_ request: Request) throws(HubError) -> Caller {
        guard let user = request.headers[.authorization].flatMap({ Int64($0) }) else {
            throw HubError(.unauthenticated)
        }
        return caller(user)
    }

    static func caller(_ user: Int64) -> Caller {
        let role: Caller.Role =
            switch user {
            case 0: .service
            case admin: .admin
            case teacher, assistant: .instructor
            default: .student
            }
        return Caller(
            userID: user, role: role, email: user == 0 ? "" : "p\(user)@example.org", expiresAt: ten + 864_000_000
        )
    }
}

// MARK: - What is there at the start

extension ClassHub {
    private func seed() async throws {
        let people: [(Int64, String, String, String)] = [
            (Self.teacher, "Tara", "Okafor", "instructor"), (Self.assistant, "Ali", "Benali", "instructor"),
            (Self.admin, "Ada", "Min", "admin"), (Self.awa, "Awa", "Ndiaye", "student"),
            (Self.bob, "Bob", "Martin", "student"), (Self.chen, "Chen", "Li", "student"),
            (Self.outsider, "Oto", "Sider", "student"), (Self.lapsed, "Lea", "Pst", "student"),
        ]
        try await database.write { connection in
            for (id, first, last, role) in people {
                try connection.execute(
                    """
                    INSERT INTO users (id, email, email_key, first_name, last_name, role, name_at, created_at, updated_at)
                    VALUES ($1, $2, $2, $3, $4, $5, 0, 0, 0)
                    """,
                    [.integer(id), .text("p\(id)@example.org"), .text(first), .text(last), .text(role)]
                )
            }
            for (id, title) in [(1, "Physics"), (2, "Poetry")] as [(Int64, String)] {
                try connection.execute(
                    "INSERT INTO courses (id, title, instructor_id, created_at, updated_at) VALUES ($1, $2, $3, 0, 0)",
                    [.integer(id), .text(title), .integer(id == 1 ? Self.teacher : Self.admin)]
                )
            }
            try connection.execute(
                "INSERT INTO course_instructors (course_id, user_id) VALUES (1, $1)", [.integer(Self.assistant)]
            )
            for user in [Self.awa, Self.bob, Self.chen, Self.lapsed] {
                try connection.execute(
                    """
                    INSERT INTO enrollments (id, user_id, course_id, is_active, created_at, updated_at)
                    VALUES ($1, $2, 1, $3, 0, 0)
                    """,
                    [.integer(100 + user), .integer(user), .bool(user != Self.lapsed)]
                )
            }
        }
    }

    /// A session of course 1, scheduled for two hours from `ten` on; created by the teacher.
    func schedule(
        _ title: String = "Waves", from start: Timestamp = ten, seats: Int64 = 50
    ) async throws -> Int64 {
        let body: JSON = [
            "title": .string(title), "scheduled_start_at": .string(start.text),
            "scheduled_end_at": .string((start + 7_200_000).text), "max_participants": .integer(seats),
        ]
        let answer = await post("/api/courses/1/live-sessions", body, as: Self.teacher)
        guard let id = answer.data["id"]?.integerValue else { throw HubError(.internal) }
        return id
    }

    /// The same, started now.
    func scheduleLive(_ title: String = "Waves", seats: Int64 = 50) async throws -> Int64 {
        let id = try await schedule(title, seats: seats)
        let answer = await post("/api/live-sessions/\(id)/start", as: Self.teacher)
        guard answer.status == 200 else { throw HubError(.internal) }
        return id
    }

    func access(_ session: Int64, _ user: Int64) async throws -> SessionAccess {
        try await database.read { connection in
            try SessionAccess.load(session: session, for: .student(user), in: connection)
        }
    }

    func segments(_ session: Int64, _ user: Int64) async throws -> [AttendanceSegment] {
        try await database.read { connection in
            try AttendanceStore.segments(session: session, user: user, in: connection)
        }
    }
}

extension Caller {
    /// A person without a token's particulars, for the rules below authentication.
    static func student(_ id: Int64) -> Caller {
        Caller(userID: id, role: .student, email: "", expiresAt: Timestamp(milliseconds: 0))
    }
}
