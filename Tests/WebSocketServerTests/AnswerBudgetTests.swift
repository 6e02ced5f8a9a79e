import HTTPTypes
import Testing

@testable import WebSocketServer

/// Large answers that nobody reads.
// Found from outside: one student's unread answers took all memory.
@Suite("Answers that wait for their readers", .timeLimit(.minutes(2)))
struct AnswerBudgetTests {
    // Far more than the sockets of both sides hold.
    private static let large = String(repeating: "x", count: 32_000_000)

    private static func router() -> Router {
        var router = Router.make()
        let refuse: Router.CheckHead = { request in
            request.holder = request.headers[.authorization]
            return nil
        }
        router.add(.get, "/large", maxBody: 1000, checkHead: refuse) { _ in .text(large) }
        router.add(.get, "/small", maxBody: 1000, checkHead: refuse) { _ in .text("small") }
        return router
    }

    private static func get(_ path: String, as name: String) -> String {
        "GET \(path) HTTP/1.1\r\nHost: a\r\nAuthorization: \(name)\r\n\r\n"
    }

    @Test func `whoever does not read gets no second one, others do, and a reader who goes gives the room back`()
        async throws
    {
        try await withServer(Self.router(), .make { $0.maxAnswerBytesInAll = 128_000_000 }) { port, server in
            let idle = try RawClient(port: port)
            try idle.send(Self.get("/large", as: "one"))
            try wait { server.answerBytes == Self.large.utf8.count }
            let refused = try RawClient(port: port).exchange(Self.get("/large", as: "one"))
            #expect(refused.status == 503)
            #expect(refused.headers["retry-after"] == "1" && refused.headers["connection"] == "close")
            #expect(try RawClient(port: port).exchange(Self.get("/small", as: "one")).body == "small")
            // Somebody else behind the same address.
            let other = try RawClient(port: port).exchange(Self.get("/large", as: "two"))
            #expect(other.status == 200 && other.body.utf8.count == Self.large.utf8.count)
            try wait { server.answerBytes == Self.large.utf8.count }
            // The room in all: half of the bound.
            let second = try RawClient(port: port)
            try second.send(Self.get("/large", as: "three"))
            try wait { server.answerBytes == 2 * Self.large.utf8.count }
            #expect(try RawClient(port: port).exchange(Self.get("/large", as: "four")).status == 503)
            idle.close()
            second.close()
            try wait { server.answerBytes == 0 }
            #expect(try RawClient(port: port).exchange(Self.get("/large", as: "one")).status == 200)
        }
    }
}
