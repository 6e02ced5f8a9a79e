import Foundation
import HTTPTypes
import Synchronization
import Testing

@testable import WebSocketServer

/// The bound for the bodies of all.
extension BodyTests {
    // MARK: - The bound for all

    private static let budget = WebServerConfiguration.make { $0.maxBodyBytesInAll = 1_000_000 }

    // Found from outside, no. A3
    @Test func `bodies have one bound in all: 503 beyond, room again when a peer has gone`() async throws {
        try await withServer(Self.router(), Self.budget) { port, server in
            let known = "Authorization: good"
            let held = try (0..<2).map { _ in
                let client = try RawClient(port: port)
                try client.send(Self.post("/known", known, "Content-Length: 900000", "Expect: 100-continue"))
                _ = try client.readUntil("\r\n\r\n")
                try client.send([UInt8](repeating: 1, count: 240_000))
                return client
            }
            try wait { server.bodyBytes == 480_000 }
            // Announcements cost nothing, bytes do. Half of the bound is for large bodies: it is taken, and others are
            // free.
            let third = try RawClient(port: port)
            try third.send(Self.post("/known", known, "Content-Length: 900000"))
            try third.send([UInt8](repeating: 1, count: 100_000))
            let refused = try third.readResponse()
            #expect(refused.status == 503)
            #expect(refused.headers["retry-after"] == "1")
            #expect(try third.isAtEnd())
            for request in [Self.post("/known", known, "Content-Length: 3"), Self.post("/open", "Content-Length: 3")] {
                #expect(try RawClient(port: port).exchange(request + "abc").body == "3")
            }
            held[0].close()
            try wait { server.bodyBytes == 240_000 }
            let again = try RawClient(port: port)
            try again.send(Self.post("/known", known, "Content-Length: 200000"))
            try again.send([UInt8](repeating: 1, count: 200_000))
            #expect(try again.readResponse().body == "200000")
            withExtendedLifetime(held) {}
        }
    }

    // Found from outside, no. A3
    @Test func `a body counts until its handler is done, also when its peer has gone`() async throws {
        var router = Self.router()
        let (entered, leave, done) = (Mailbox<Bool>(), Mailbox<Bool>(), Mailbox<Bool>())
        router.add(.post, "/slow", maxBody: 1_000_000, checkHead: { _ in nil }) { request in
            entered.put(true)
            _ = await onThread { try? leave.take() }
            defer { done.put(true) }
            return .text("\(request.body.count)")
        }
        try await withServer(router, Self.budget) { port, server in
            let client = try RawClient(port: port)
            try client.send(Self.post("/slow", "Content-Length: 490000"))
            try client.send([UInt8](repeating: 1, count: 490_000))
            _ = try entered.take()
            client.close()
            func large() throws -> Int {
                let client = try RawClient(port: port)
                try client.send(Self.post("/known", "Authorization: good", "Content-Length: 100000"))
                try client.send([UInt8](repeating: 1, count: 100_000))
                return try client.readResponse().status
            }
            #expect(try large() == 503)
            leave.put(true)
            _ = try done.take()
            try wait { server.bodyBytes == 0 }
            #expect(try large() == 200)
        }
    }

    // Found from outside, no. A3
    @Test func `strangers, small bodies and large ones do not take each other's room`() {
        let budget = BodyBudget(bytes: 1000)
        var stranger: BodyBudget.Part? = budget.part(.stranger)
        let (small, large) = (budget.part(.small), budget.part(.large))
        #expect(stranger?.grow(to: 250) == true && stranger?.grow(to: 251) == false)
        #expect(large.grow(to: 500) && !large.grow(to: 501) && large.grow(to: 10))
        #expect(small.grow(to: 200) && !budget.part(.small).grow(to: 51) && budget.part(.small).grow(to: 50))
        #expect(budget.total == 950)
        stranger = nil
        #expect(budget.total == 700)
        withExtendedLifetime((small, large)) {}
    }

    // Found from outside, no. 3
    @Test func `one holder has a sixteenth of a part, or one body, and says full by themselves`() {
        let full = Mutex<[BodyBudget.Kind]>([])
        let budget = BodyBudget(bytes: 6400) { kind in full.withLock { $0.append(kind) } }
        func part(_ name: String, _ kind: BodyBudget.Kind = .small) -> BodyBudget.Part {
            budget.part(kind, of: .known(name), largest: 10)
        }
        let (first, second) = (part("a"), part("a"))
        #expect(first.grow(to: 60) && second.grow(to: 40) && !second.grow(to: 41) && !part("a").grow(to: 1))
        #expect(part("a", .large).grow(to: 200) && !part("a", .large).grow(to: 201))
        let others = (0..<15).map { part("\($0)") }
        #expect(others.allSatisfy { $0.grow(to: 100) })
        #expect(full.withLock(\.self) == [])
        for name in ["b", "c"] { #expect(!part(name).grow(to: 1)) }
        #expect(full.withLock(\.self) == [.small], "once for each time that it is full")
        let one = budget.part(.large, of: .known("d"), largest: 3000)
        #expect(one.grow(to: 3000) && !budget.part(.large, of: .known("d"), largest: 3000).grow(to: 1))
        withExtendedLifetime((first, second, others, one)) {}
    }

    // Found from outside, no. 3
    @Test func `a body that flows has more time than one that stops, and than a stranger's`() async throws {
        let configuration = WebServerConfiguration.make {
            $0.bodyTimeout = .milliseconds(300)
            $0.slowestBody = 100
        }
        try await withServer(Self.router(), configuration) { port, server in
            func begin(_ path: String, sending count: Int) throws -> RawClient {
                let client = try RawClient(port: port)
                try client.send(Self.post(path, "Authorization: good", "Content-Length: 5003"))
                try client.send([UInt8](repeating: 1, count: count))
                return client
            }
            let flowing = try begin("/known", sending: 5000)
            try wait { server.bodyBytes == 5000 }
            let others = try [begin("/known", sending: 10), begin("/open", sending: 5000)]
            for other in others { #expect(try other.readResponse().status == 408) }
            // They began later, and their time is over.
            try flowing.send([1, 2, 3])
            #expect(try flowing.readResponse().body == "5003")
        }
    }

    // Found from outside, no. 3
    @Test func `one token's slow bodies are refused, and everybody else's are read`() async throws {
        try await withServer(Self.router(), .make { $0.maxBodyBytesInAll = 4_000_000 }) { port, server in
            func trickle(_ headers: String...) throws -> RawClient {
                let client = try RawClient(port: port)
                let head = headers.map { $0 + "\r\n" }.joined()
                try client.send("POST /known HTTP/1.1\r\nHost: a\r\n\(head)Content-Length: 65536\r\n\r\n")
                try client.send([UInt8](repeating: 1, count: 60_000))
                return client
            }
            let held = try trickle("Authorization: good 1")
            try wait { server.bodyBytes == 60_000 }
            let second = try trickle("Authorization: good 1")
            let refused = try second.readResponse()
            #expect(refused.status == 503 && refused.headers["retry-after"] == "1")
            // From the same address, and known by another name.
            let other = try trickle("Authorization: good 2")
            try other.send([UInt8](repeating: 1, count: 5_536))
            #expect(try other.readResponse().body == "65536")
            try held.send([UInt8](repeating: 1, count: 5_536))
            #expect(try held.readResponse().body == "65536")
        }
    }
}
