import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// Requests per person and per address, over real sockets, with a clock that stands still.
@Suite("Request limits", .timeLimit(.minutes(5)))
struct RequestLimitTests {
    @Test func `a person who asks too often is told when to come back, and nobody else is`() async throws {
        try await Classroom.with({ $0.limits.requestsPerUser = 2 }) { room in
            for _ in 0..<6 { _ = try data(await room.get("/api/auth/me", as: .awa)) }
            let refused = try await room.get("/api/auth/me", as: .awa)
            expectRefusal(refused, 429, .rateLimited)
            #expect(refused.header("Retry-After") == "1")
            _ = try data(await room.get("/api/auth/me", as: .koffi))
            let service = try room.serviceToken()
            for _ in 0..<7 {
                let answer = try await room.client.send("GET", "/api/users/20", token: service)
                #expect(answer.status == 200)
            }
            room.clock.advance(seconds: 1)
            for _ in 0..<2 { _ = try data(await room.get("/api/auth/me", as: .awa)) }
            expectRefusal(try await room.get("/api/auth/me", as: .awa), 429, .rateLimited)
        }
    }

    @Test func `an address is delayed, and refused only when that takes too long`() async throws {
        try await TestHub.with({ $0.limits.requestsPerAddress = 20 }) { hub in
            // Twice the burst at once: all of them are answered.
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<70 { group.addTask { try await hub.http.send("GET", "/api/config").status } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.allSatisfy { $0 == 200 })
        }
        // Nothing comes in while the clock stands: the wait has no end.
        try await Classroom.with({ $0.limits.requestsPerAddress = 1 }) { room in
            for _ in 0..<2 { #expect(try await room.client.send("GET", "/api/config").status == 200) }
            let refused = try await room.client.send("GET", "/api/config")
            expectRefusal(refused, 429, .rateLimited)
            #expect(refused.header("Retry-After") == "1")
            #expect(try await room.client.send("GET", "/livez").status == 200)
            #expect(try await room.client.send("GET", "/readyz").status == 200)
        }
    }

    @Test func `behind a trusted proxy each client has its own bucket`() async throws {
        try await Classroom.with({
            $0.limits.requestsPerAddress = 1
            $0.trustedProxies = ["127.0.0.1"]
        }) { room in
            for address in ["203.0.113.1", "203.0.113.2"] {
                for expected in [200, 200, 200, 429] {
                    let answer = try await room.client.send(
                        "GET", "/api/config", headers: [("X-Forwarded-For", "198.51.100.9, \(address)")]
                    )
                    #expect(answer.status == expected, "\(address)")
                }
            }
        }
    }
}
