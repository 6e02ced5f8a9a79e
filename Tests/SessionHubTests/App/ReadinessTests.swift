import HTTPTypes
import StrictJSON
import TestSupport
import Testing

@testable import Database
@testable import SessionHub

@Suite("Readiness, and what a page is told first")
struct ReadinessTests {
    @Test func `a hub that can read and write is ready`() async throws {
        try await Classroom.quiet(isEmpty: true) { hub in
            let (live, ready) = (try await hub.send(.get, "/livez"), try await hub.send(.get, "/readyz"))
            #expect(live.data == ["status": "ok"])
            #expect(ready.data == ["status": "ready"])
        }
    }

    @Test func `a hub without its database lives and is not ready`() async throws {
        try await Classroom.quiet(isEmpty: true) { hub in
            try hub.application.close()
            #expect(try await hub.send(.get, "/livez").status == 200)
            let ready = try await hub.send(.get, "/readyz")
            #expect(ready.status == 503 && ready.code == "store_unavailable")
        }
    }

    @Test func `a page learns what it needs before anybody signs in`() async throws {
        try await Classroom.quiet(isEmpty: true, change: { ($0.jitsi, $0.limits) = (.init(), .init()) }) { hub in
            let answer = try await hub.send(.get, "/api/config")
            #expect(
                answer.data == [
                    "languages": ["en", "fr"], "language": "en",
                    "jitsi": [
                        "profile": "link-only", "domain": "meet.jit.si", "server_url": "https://meet.jit.si",
                        "script_url": nil,
                    ],
                    "version": .string(HubVersion.text), "demo": false, "limits": HubLimits().json,
                    "login": HubLimits().loginJSON,
                ]
            )
        }
    }
}
