import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// GET /api/status, over real sockets.
@Suite("Status", .timeLimit(.minutes(5)))
struct StatusRouteTests {
    @Test func `it tells connections, classes, people, posts, commits and the store`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 2)
            let first = try await hub.join(room.session, as: room.students[0])
            let second = try await hub.join(room.session, as: room.students[1])
            let tab = try await hub.join(room.session, as: room.students[1])
            for number in 1...6 { try await first.client.say("post \(number)", clientID: "c\(number)") }
            let status = try await hub.expectOK("GET", "/api/status")
            #expect(status["version"]?.stringValue == HubVersion.text)
            #expect(status["live_sessions"] == 1)
            #expect(status["people"] == 2)
            #expect(status["web_sockets"] == 3)
            #expect(try #require(status["connections"]?.integerValue) >= 4)
            #expect(status["posts_per_second"]?.numberValue == 0.1)
            #expect(try #require(status["commits"]?.integerValue) > 6)
            let (p50, p99) = (status["commit_p50_ms"]?.numberValue ?? 0, status["commit_p99_ms"]?.numberValue ?? 0)
            #expect(p50 > 0 && p99 >= p50)
            #expect(try #require(status["store_bytes"]?.integerValue) > 0)
            #expect(try #require(status["wal_bytes"]?.integerValue) > 0)
            #expect(status["degraded"] == false)
            #expect(status["epoch"] == first.welcome["epoch"])
            #expect(try #require(status["uptime_seconds"]?.integerValue) >= 0)
            _ = (second, tab)
        }
    }
}
