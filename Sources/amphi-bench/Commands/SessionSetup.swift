import CGlibc  // timespec: Swift finds it there first
import Glibc
import StrictJSON
import Tokens

/// Makes what a run needs over REST: people, courses and enrollments by import, then one live class per course.
struct SessionSetup {
    /// How large the run is.
    struct Size: Sendable {
        let clients: Int
        let sessions: Int
        let sendersPerSession: Int
        let sourceAddresses: Int

        /// Where this client connects from; nil for the system's choice. 127.0.0.1 stays free for others.
        func source(of client: Int) -> SocketAddress? {
            sourceAddresses > 1 ? SocketAddress(loopback: UInt8(2 + client % sourceAddresses)) : nil
        }
    }

    private static let importLines = 5000
    private static let tokenSeconds: Int64 = 24 * 3600
    private static let classSeconds: Int64 = 12 * 3600
    /// One second of the clock is so many ids: two runs never share one.
    private static let idsPerSecond: Int64 = 100_000
    private static let firstSecond: Int64 = 1_767_225_600

    private let client: RESTClient
    private let address: HubAddress
    private let signer: JWTSigner
    private let size: Size
    private let now = MonotonicClock.unixSeconds
    /// Of the administrator; then one instructor and course per session, then the clients.
    private let baseID: Int64

    init(address: HubAddress, secret: String, size: Size) throws {
        self.address = address
        self.size = size
        signer = try JWTSigner.hs256(secret: Array(secret.utf8))
        client = RESTClient(address: address)
        baseID = (now - Self.firstSecond) * Self.idsPerSecond
        guard Int64(size.clients + size.sessions + 1) < Self.idsPerSecond else {
            throw SetupError("at most \(Self.idsPerSecond) people in a run")
        }
    }

    /// Runs the whole set-up; blocks.
    func prepare() throws -> [SessionPlan] {
        try importDirectory()
        return try (0..<size.sessions).map { session in
            let id = try startClass(session)
            let clients = try members(of: session).map(clientPlan)
            return SessionPlan(
                id: id, path: "/api/live-sessions/\(id)/channel", clients: clients,
                senderCount: min(size.sendersPerSession, clients.count), host: try host(of: session))
        }
    }

    private func members(of session: Int) -> StrideTo<Int> {
        stride(from: session, to: size.clients, by: size.sessions)
    }

    private func courseID(_ session: Int) -> Int64 { baseID + 1 + Int64(session) }

    private func instructorID(_ session: Int) -> Int64 { baseID + 1 + Int64(session) }

    private func userID(_ client: Int) -> Int64 { baseID + 1 + Int64(size.sessions) + Int64(client) }

    private func clientPlan(_ number: Int) throws -> ClientPlan {
        let token = try token(userID(number), role: "student", lastName: "\(number)")
        return ClientPlan(number: number, userID: userID(number), token: token, source: size.source(of: number))
    }

    private func host(of session: Int) throws -> ClientPlan {
        let token = try token(instructorID(session), role: "instructor", lastName: "Teacher \(session)")
        let number = size.clients + session
        return ClientPlan(number: number, userID: instructorID(session), token: token, source: size.source(of: 0))
    }

    private func token(_ id: Int64, role: String, lastName: String) throws -> String {
        try signer.sign(
            JSONObject([
                ("userId", .integer(id)), ("email", .string(Self.email(id))), ("role", .string(role)),
                ("first_name", "Bench"), ("last_name", .string(lastName)), ("iat", .integer(now)),
                ("exp", .integer(now + Self.tokenSeconds)),
            ]))
    }

    private static func email(_ id: Int64) -> String { "bench-\(id)@example.org" }

    private func importDirectory() throws {
        let admin = try token(baseID, role: "admin", lastName: "Admin")
        var lines: [JSON] = []
        for session in 0..<size.sessions {
            lines.append(user(instructorID(session), role: "instructor", lastName: "Teacher \(session)"))
            lines.append([
                "course": [
                    "id": .integer(courseID(session)), "title": .string("Benchmark \(session)"),
                    "instructor_id": .integer(instructorID(session)),
                ]
            ])
            for number in members(of: session) {
                lines.append(user(userID(number), role: "student", lastName: "\(number)"))
                lines.append([
                    "enrollment": ["course_id": .integer(courseID(session)), "user_id": .integer(userID(number))]
                ])
            }
        }
        for start in stride(from: 0, to: lines.count, by: Self.importLines) {
            var body: [UInt8] = []
            for line in lines[start..<min(start + Self.importLines, lines.count)] {
                line.append(to: &body)
                body.append(0x0A)
            }
            _ = try client.post("/api/directory/import", token: admin, type: "application/x-ndjson", body: body)
        }
    }

    private func user(_ id: Int64, role: String, lastName: String) -> JSON {
        [
            "user": [
                "id": .integer(id), "email": .string(Self.email(id)), "first_name": "Bench",
                "last_name": .string(lastName), "role": .string(role),
            ]
        ]
    }

    /// Creates a class and starts it; returns its id.
    private func startClass(_ session: Int) throws -> Int64 {
        let teacher = try token(instructorID(session), role: "instructor", lastName: "Teacher \(session)")
        let request: JSON = [
            "title": .string("Benchmark class \(session)"),
            "scheduled_start_at": .string(Self.timestamp(now)),
            "scheduled_end_at": .string(Self.timestamp(now + Self.classSeconds)),
            "max_participants": .integer(Int64(size.clients) + 10),
        ]
        let path = "/api/courses/\(courseID(session))/live-sessions"
        let created = try client.post(path, token: teacher, body: request.encoded())
        guard let id = created["id"]?.integerValue else { throw SetupError("POST \(path): no id in \(created.text)") }
        _ = try client.post("/api/live-sessions/\(id)/start", token: teacher, body: Array("{}".utf8))
        return id
    }

    /// ISO 8601, UTC.
    private static func timestamp(_ seconds: Int64) -> String {
        var time = time_t(seconds)
        var parts = unsafe tm()
        unsafe gmtime_r(&time, &parts)
        func padded(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let date = unsafe "\(parts.tm_year + 1900)-\(padded(parts.tm_mon + 1))-\(padded(parts.tm_mday))"
        return unsafe "\(date)T\(padded(parts.tm_hour)):\(padded(parts.tm_min)):\(padded(parts.tm_sec))Z"
    }
}
