import TestSupport
import Testing

@testable import SessionHub

/// Imports per person and in all, over real sockets, with a clock that stands still.
@Suite("Import: turns, and how many in an hour", .timeLimit(.minutes(5)))
struct ImportQueueTests {
    private static let line = #"{"user":{"id":60,"email":"a@school.example"}}"#

    private func send(
        _ room: Classroom, as person: Someone? = .admin, query: String = "", _ text: String = line
    ) async throws -> TestResponse {
        try await room.client.send(
            "POST", "/api/directory/import\(query)", token: person.map { try room.token($0) } ?? room.serviceToken(),
            headers: [("Content-Type", "application/x-ndjson")], body: Array(text.utf8)
        )
    }

    /// Of so many imports, one after the other.
    private func statuses(_ room: Classroom, _ count: Int, as person: Someone? = .admin) async throws -> [Int] {
        var statuses: [Int] = []
        for _ in 0..<count { statuses.append(try await send(room, as: person).status) }
        return statuses
    }

    /// Runs `body` while an administrator's import waits for the writer, and returns that import's answer.
    private func whileOneRuns(
        _ room: Classroom, _ body: (_ end: @escaping @Sendable () -> Void) async throws -> Void
    ) async throws -> TestResponse {
        try await room.whileWaiting({ try await send(room) }, body)
    }

    @Test func `one person has one import at a time, and the next one after it`() async throws {
        try await Classroom.with({ $0.limits.importsPerUser = 2 }) { room in
            let first = try await whileOneRuns(room) { end in
                for query in ["", "?dry_run=true", ""] {
                    let refused = try await send(room, query: query)
                    expectRefusal(refused, 429, .rateLimited)
                    #expect(refused.header("Retry-After") == "5")
                }
                end()
            }
            expectData(first, importAnswer(lines: 1, users: 1, created: 1))
            // Who came too early has not used up the hour.
            expectData(try await send(room), importAnswer(lines: 1, users: 1, unchanged: 1))
            expectRefusal(try await send(room), 429, .rateLimited)
        }
    }

    @Test func `others wait for their turn, a few of them`() async throws {
        try await Classroom.with({ $0.limits.imports = 3 }) { room in
            let first = try await whileOneRuns(room) { end in
                // Two of these wait behind the first one; the other two are told to come back before anything has
                // moved.
                let statuses = try await withThrowingTaskGroup(of: TestResponse.self) { group in
                    for _ in 0..<4 { group.addTask { try await send(room, as: nil) } }
                    var statuses: [Int] = []
                    while let answer = try await group.next() {
                        statuses.append(answer.status)
                        if answer.status == 429 { #expect(answer.header("Retry-After") == "5") }
                        if statuses == [429, 429] { end() }
                    }
                    return statuses
                }
                #expect(statuses == [429, 429, 200, 200])
            }
            #expect(first.status == 200)
            let last = try await statuses(room, 1, as: nil)
            #expect(last == [200], "everybody has left")
        }
    }

    @Test func `so many in an hour for a person, dry runs and refused documents too, and none for a service`()
        async throws
    {
        try await Classroom.with({ $0.limits.importsPerUser = 3 }) { room in
            let taken = [
                try await send(room), try await send(room, query: "?dry_run=true"), try await send(room, "nonsense"),
            ].map(\.status)
            #expect(taken == [200, 200, 400])
            let refused = try await send(room)
            expectRefusal(refused, 429, .rateLimited)
            #expect(refused.header("Retry-After") == "1200")
            let service = try await statuses(room, 5, as: nil)
            #expect(service == Array(repeating: 200, count: 5))
            room.clock.advance(seconds: 1199)
            let almost = try await send(room)
            #expect(almost.status == 429 && almost.header("Retry-After") == "1")
            room.clock.advance(seconds: 1)
            let next = try await statuses(room, 2)
            #expect(next == [200, 429])
        }
    }

    // Found from outside, no. 3
    @Test func `an import whose caller has gone stops, and the next one has its turn`() async throws {
        try await Classroom.with { room in
            let directory = DirectoryImport(
                database: room.application.database, journal: room.application.journal, limits: HubLimits(),
                room: CourseRoom(least: 1)
            )
            func take() async throws -> ImportReport {
                let service = Caller(userID: 1, role: .service, email: "", expiresAt: room.clock.now)
                return try await directory.run(Array(Self.line.utf8), as: .ndjson, .init(), for: service)
            }
            let gone = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await take()
            }
            await #expect(throws: HubError.self) { try await gone.value }
            expectRefusal(try await room.get("/api/users/60", as: .admin), 404, .userNotFound)
            #expect(try await take().users == 1)
        }
    }

    @Test func `0 switches the rate off`() async throws {
        try await Classroom.with({ $0.limits.importsPerUser = 0 }) { room in
            let all = try await statuses(room, 5)
            #expect(all == Array(repeating: 200, count: 5))
        }
    }

    @Test func `who may not import is refused before the limits`() async throws {
        try await Classroom.with({ $0.limits.importsPerUser = 1 }) { room in
            for _ in 0..<3 { expectRefusal(try await send(room, as: .teacher), 403, .forbidden) }
        }
    }
}
