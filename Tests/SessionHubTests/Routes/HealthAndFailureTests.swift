import Database
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// livez, readyz and config; and what REST answers while the store takes nothing.
@Suite("Health and failures over REST", .timeLimit(.minutes(5)))
struct HealthAndFailureTests {
    @Test func `a hub that lives and can work says so`() async throws {
        try await Classroom.with { room in
            expectData(try await room.client.send("GET", "/livez"), ["status": "ok"])
            expectData(try await room.client.send("GET", "/readyz"), ["status": "ready"])
        }
    }

    @Test func `config tells a page what it must know, and no secret`() async throws {
        let limits: JSON = [
            "frame_bytes": 65536, "connections_per_user": 8, "posts_per_user": ["per_second": 5, "burst": 10],
            "posts_per_session": ["per_second": 200], "commands_per_connection": ["per_second": 200],
            "steering_per_user": ["per_second": 0], "steering_per_session": ["per_second": 0],
            "connections_per_address": ["per_second": 0, "at_once": 0],
            "requests_per_user": ["per_second": 0], "requests_per_address": ["per_second": 0],
            "imports_per_user": ["per_hour": 60, "at_once": 1], "imports": ["at_once": 4], "hello_ms": 60_000,
            "ping_ms": 600_000, "pong_ms": 8000,
            "text_characters": 4000, "history": 200,
        ]
        let login: JSON = [
            "failures_per_account": 5, "failures_per_address": 100, "longest_delay_ms": 300_000,
            "password_characters": ["least": 10, "most": 128],
        ]
        try await Classroom.with { room in
            expectData(
                try await room.client.send("GET", "/api/config"),
                [
                    "languages": ["en", "fr"], "language": "en",
                    "jitsi": [
                        "profile": "link-only", "domain": "meet.jit.si", "server_url": "https://meet.jit.si",
                        "script_url": nil,
                    ],
                    "version": .string(HubVersion.text), "demo": false, "limits": limits, "login": login,
                ]
            )
        }
        try await Classroom.with({
            JitsiRouteTests.selfHosted(&$0)
            $0.language = .french
            $0.isDemo = true
        }) { room in
            let config = try await room.client.send("GET", "/api/config")
            #expect(
                try data(config).without("limits", "version", "login") == [
                    "languages": ["en", "fr"], "language": "fr",
                    "jitsi": [
                        "profile": "self-hosted", "domain": "meet.school.example",
                        "server_url": "https://meet.school.example/tenant",
                        "script_url": "https://meet.school.example/external_api.js",
                    ], "demo": true,
                ]
            )
            #expect(!config.text.contains(JitsiRouteTests.secret) && !config.text.contains(TestHub.secret))
        }
    }

    @Test(TestDatabase.ofFiles)
    func `while the store takes nothing, writing is 503 with a time to wait, reading goes on`() async throws {
        try await Classroom.with { room in
            let session = try await room.schedule()
            // From here on every write fails as on a disk that became read-only.
            await Self.setQueryOnly("ON", room)
            for (method, path) in [("POST", "/start"), ("PUT", ""), ("DELETE", "")] {
                let response = try await room.client.send(
                    method, "/api/live-sessions/\(session)\(path)", token: room.token(.teacher),
                    json: method == "PUT" ? ["title": "x"] : nil
                )
                expectRefusal(response, 503, .storeUnavailable)
                #expect(response.header("Retry-After") == "1")
            }
            let ready = try await room.client.send("GET", "/readyz")
            expectRefusal(ready, 503, .storeUnavailable)
            #expect(ready.header("Retry-After") == "1")
            expectData(try await room.client.send("GET", "/livez"), ["status": "ok"])
            #expect(try data(await room.get("/api/live-sessions/\(session)", as: .awa))["status"] == "scheduled")
            await Self.setQueryOnly("OFF", room)
            expectData(try await room.client.send("GET", "/readyz"), ["status": "ready"])
            _ = try data(await room.post("/api/live-sessions/\(session)/start", as: .teacher))
        }
    }

    @Test func `a fault of ours is a 500 that says its request id and nothing else`() async throws {
        try await Classroom.with { room in
            let session = try await room.schedule()
            // Tables that are gone: reading fails in the calendar, writing at the journal.
            try await room.execute("ALTER TABLE events RENAME TO hidden_events", [])
            try await room.execute("ALTER TABLE live_session_events RENAME TO hidden_journal", [])
            let reading = try await room.get("/api/calendar", as: .awa)
            let writing = try await room.post("/api/live-sessions/\(session)/start", as: .teacher)
            for response in [reading, writing] {
                let id = try #require(response.header("X-Request-Id"))
                expectRefusal(response, 500, .internal, details: ["request_id": .string(id)])
                #expect(!response.text.contains("events") && !response.text.contains("SQL"))
            }
            #expect(try data(await room.get("/api/live-sessions/\(session)", as: .awa))["status"] == "scheduled")
            expectData(try await room.client.send("GET", "/readyz"), ["status": "ready"])
        }
    }

    private static func setQueryOnly(_ value: String, _ room: Classroom) async {
        let result: Result<Int, any Error> = await withCheckedContinuation { continuation in
            room.application.database.withWriter { connection in
                continuation.resume(returning: Result { try connection.execute("PRAGMA query_only = \(value)", []) })
            }
        }
        #expect(throws: Never.self) { try result.get() }
    }
}
