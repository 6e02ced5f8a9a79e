import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

@Suite("Channel: opening", .timeLimit(.minutes(3)))
struct ChannelOpeningTests {
    // MARK: - Before 101

    @Test func `a header token that proves nobody is refused with 401 before the upgrade`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let expired = try hub.token(101, lifetime: -60)
            let forged = String(room.student.token.dropLast(4)) + "AAAA"
            for (header, code) in [
                ("Bearer \(expired)", "token_expired"), ("Bearer \(forged)", "unauthenticated"),
                ("Bearer x", "unauthenticated"), ("Basic abc", "unauthenticated"), ("Bearer", "unauthenticated"),
            ] {
                let response = try await refusal(hub, room.session, headers: [("Authorization", header)])
                #expect(response.status == 401, "\(header.prefix(12))")
                #expect(response.code == code, "\(header.prefix(12))")
                #expect(response.json["success"] == false)
                #expect(response.header("X-Request-Id") != nil)
            }
        }
    }

    @Test func `a foreign Origin is refused with 403 and the own and allowed ones come in`() async throws {
        try await TestHub.with({ $0.allowedOrigins = ["https://school.example"] }) { hub in
            let room = try await hub.testCourse(students: 1)
            let foreign = try await refusal(hub, room.session, headers: [("Origin", "https://evil.example")])
            #expect(foreign.status == 403)
            #expect(foreign.code == "forbidden")
            #expect(try await refusal(hub, room.session, headers: [("Origin", "null")]).status == 403)
            for origin in ["https://school.example", "http://127.0.0.1:\(hub.port)"] {
                let client = try await hub.open(room.session, headers: [("Origin", origin)])
                try await client.hello(room.student.token)
                try await client.close()
            }
        }
    }

    @Test func `a request that is no WebSocket of version 13 is answered 426`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let path = TestHub.channelPath(room.session)
            let plain = try await hub.http.send("GET", path)
            #expect(plain.status == 426)
            #expect(plain.code == "upgrade_required")
            for version in ["8", "14", nil] {
                let response = try await refusal(hub, room.session, version: version)
                #expect(response.status == 426, "\(version ?? "none")")
                #expect(response.header("Sec-WebSocket-Version") == "13")
            }
        }
    }

    private func refusal(
        _ hub: TestHub, _ session: Int64, headers: [(String, String)] = [], version: String? = "13"
    ) async throws -> TestResponse {
        do {
            let client = try await WebSocketTestClient.open(
                port: hub.port, path: TestHub.channelPath(session), headers: headers, version: version
            )
            try await client.close()
        } catch let refusal as WebSocketTestClient.Refusal {
            return refusal.response
        }
        throw TestFailure("the upgrade was accepted")
    }

    @Test func `the upgrade chooses amphi v1 among others and works without any subprotocol`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let several = try await hub.open(room.session, subprotocol: "chat, amphi.v1")
            #expect(await several.upgrade?.header("Sec-WebSocket-Protocol") == "amphi.v1")
            let none = try await hub.open(room.session, subprotocol: nil)
            #expect(await none.upgrade?.header("Sec-WebSocket-Protocol") == nil)
            try await none.hello(room.student.token)
        }
    }

    @Test func `another subprotocol alone is told 4507 and is not asked back`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let client = try await hub.open(room.session, subprotocol: "amphi.v9")
            let (bye, code) = try await client.farewell()
            #expect(bye == ["code": 4507, "reason": "unsupported_version", "reconnect": false, "after_ms": 0])
            #expect(code == 4507)
        }
    }

    // MARK: - The first frame

    @Test(arguments: [
        (#"{"ref":1,"type":"ping"}"#, "unauthenticated"), (#"{"ref":1,"type":"chat.post"}"#, "invalid_field"),
        ("{", "bad_json"), ("[]", "bad_json"), (#"{"ref":1,"type":"hello","resume":7}"#, "invalid_field"),
        (#"{"ref":1,"type":"hello","resume":{"seq":-1,"epoch":"a"}}"#, "invalid_field"),
        (#"{"ref":1,"type":"hello","token":7}"#, "invalid_field"), (#"{"type":"hello"}"#, "invalid_field"),
    ])
    func `a first frame that is no hello ends in 4501`(frame: String, code: String) async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let client = try await hub.open(room.session)
            try await client.send(text: frame)
            #expect(try await client.next()["error"]?["code"]?.stringValue == code)
            let (bye, status) = try await client.farewell()
            #expect(bye["reason"] == "no_hello")
            #expect(bye["reconnect"] == false)
            #expect(status == 4501)
        }
    }

    @Test func `who says nothing in time is sent away with 4001 and may come back`() async throws {
        try await TestHub.with({ $0.limits.helloMilliseconds = 200 }) { hub in
            let room = try await hub.testCourse(students: 1)
            let client = try await hub.open(room.session)
            let (bye, code) = try await client.farewell()
            #expect(bye == ["code": 4001, "reason": "slow_handshake", "reconnect": true, "after_ms": 0])
            #expect(code == 4001)
        }
    }

    @Test func `a hello in time is not disturbed by the handshake's limit`() async throws {
        try await TestHub.with({ $0.limits.helloMilliseconds = 3000 }) { hub in
            let room = try await hub.testCourse(students: 2)
            let (client, _) = try await hub.join(room.session, as: room.students[0])
            // The other one's end shows that the time has passed on the same loop.
            let silent = try await hub.open(room.session)
            #expect(try await silent.closeCode() == 4001)
            _ = try await client.ok("ping")
        }
    }

    // MARK: - Who may come in

    @Test func `tokens that do not prove a person are refused with their own close`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let cases: [(String?, String, UInt16)] = [
                (nil, "unauthenticated", 4500), ("x.y.z", "unauthenticated", 4500),
                (String(room.student.token.dropLast(2)) + "AA", "unauthenticated", 4500),
                (try hub.token(101, lifetime: -10), "token_expired", 4003),
                (try hub.token(101, email: TestHub.email(2)), "identity_conflict", 4500),
                (try hub.serviceToken(), "forbidden", 4502),
            ]
            for (token, code, status) in cases {
                let client = try await hub.open(room.session)
                #expect(try await client.refusedHello(token)["code"]?.stringValue == code)
                #expect(try await client.farewell().code == status, "\(code)")
            }
        }
    }

    @Test func `an Authorization header makes the hello's token unnecessary`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let client = try await hub.open(
                room.session, headers: [("Authorization", "Bearer \(room.student.token)")]
            )
            let welcome = try await client.hello(nil)
            #expect(welcome["me"]?["user"]?["id"] == 101)
        }
    }

    @Test func `an outsider, a former member and everybody at a missing session read the same 4509`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 2)
            try await hub.enroll(102, in: room.course, isActive: false)
            var answers: Set<String> = []
            for (session, person) in [
                (room.session, room.outsider), (room.session, room.students[1]), (77, room.student),
                (77, room.outsider),
                (77, room.teacher),
            ] {
                let client = try await hub.open(session)
                let error = try await client.refusedHello(person.token)
                let (bye, code) = try await client.farewell()
                answers.insert("\(error.text) \(bye.text) \(code)")
            }
            #expect(answers.count == 1)
            #expect(answers.first?.contains("session_not_found") == true)
            #expect(answers.first?.hasSuffix("4509") == true)
        }
    }

    @Test func `a channel token opens its own session's channel and no other`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let other = try await hub.session(course: room.course)
            let joined = try await hub.expectOK(
                "POST", "/api/live-sessions/\(room.session)/join", token: room.student.token, json: [:]
            )
            let token = try #require(joined["channel_token"]?.stringValue)
            let own = try await hub.open(room.session)
            #expect(try await own.hello(token)["me"]?["user"]?["id"] == 101)
            let foreign = try await hub.open(other)
            #expect(try await foreign.refusedHello(token)["code"] == "forbidden")
            #expect(try await foreign.farewell().code == 4502)
        }
    }

    // MARK: - When

    @Test func `before the window a student is told when to come back and a host comes in`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1, isLive: false, startingIn: 30)
            let early = try await hub.open(room.session)
            let error = try await early.refusedHello(room.student.token)
            #expect(error["code"] == "not_open")
            let wait = try #require(error["retry_after_ms"]?.integerValue)
            // 30 minutes less the join window of 10, and what this test has taken so far.
            #expect((1_140_000...1_200_000).contains(wait))
            let (bye, code) = try await early.farewell()
            #expect(bye["reconnect"] == true)
            #expect(bye["after_ms"]?.integerValue == wait)
            #expect(code == 4011)
            _ = try await hub.join(room.session, as: room.teacher)
            _ = try await hub.join(room.session, as: room.assistant)
        }
    }

    @Test func `inside the window before the start a student waits in the channel`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1, isLive: false, startingIn: 9)
            let (_, welcome) = try await hub.join(room.session, as: room.student)
            #expect(welcome["session"]?["status"] == "scheduled")
        }
    }

    @Test func `after the aftertalk the channel answers session over with 4510, to hosts too`() async throws {
        try await TestHub.with({ $0.windows.aftertalk = 0 }) { hub in
            let room = try await hub.testCourse(students: 1)
            try await hub.endClass(room)
            for person in [room.student, room.teacher] {
                let client = try await hub.open(room.session)
                #expect(try await client.refusedHello(person.token)["code"] == "session_over")
                let (bye, code) = try await client.farewell()
                #expect(bye["reconnect"] == false)
                #expect(code == 4510)
            }
        }
    }

    @Test func `within the aftertalk people come in, read and write`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            try await hub.endClass(room)
            let (client, welcome) = try await hub.join(room.session, as: room.student)
            #expect(welcome["session"]?["status"] == "ended")
            _ = try await client.say("Thank you!", clientID: "a")
        }
    }

    @Test func `a cancelled and a deleted session close with their codes`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1, isLive: false)
            try await hub.expectOK("POST", "/api/live-sessions/\(room.session)/cancel", token: room.teacher.token)
            let cancelled = try await hub.open(room.session)
            #expect(try await cancelled.refusedHello(room.student.token)["code"] == "session_cancelled")
            #expect(try await cancelled.farewell().code == 4505)
            try await hub.expectOK("DELETE", "/api/live-sessions/\(room.session)", token: room.teacher.token)
            let deleted = try await hub.open(room.session)
            #expect(try await deleted.refusedHello(room.student.token)["code"] == "session_not_found")
            #expect(try await deleted.farewell().code == 4509)
        }
    }

    @Test func `a full class is closed to the next student with 4508, never to hosts or those inside`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 3, fields: ["max_participants": 2])
            _ = try await hub.join(room.session, as: room.students[0])
            _ = try await hub.join(room.session, as: room.students[1])
            let late = try await hub.open(room.session)
            #expect(try await late.refusedHello(room.students[2].token)["code"] == "session_full")
            let (bye, code) = try await late.farewell()
            #expect(bye["reconnect"] == false)
            #expect(code == 4508)
            _ = try await hub.join(room.session, as: room.students[0])
            _ = try await hub.join(room.session, as: room.teacher)
        }
    }

    @Test(arguments: [1, 2])
    func `one connection too many of one person closes the oldest with 4506`(loops: Int) async throws {
        try await TestHub.with({ $0.loops = loops }) { hub in
            let room = try await hub.testCourse(students: 1)
            var clients: [WebSocketTestClient] = []
            for _ in 0..<8 { clients.append(try await hub.join(room.session, as: room.student).client) }
            for client in clients { _ = try await client.ok("ping") }
            let ninth = try await hub.join(room.session, as: room.student).client
            let (bye, code) = try await clients[0].farewell()
            #expect(bye == ["code": 4506, "reason": "too_many_connections", "reconnect": false, "after_ms": 0])
            #expect(code == 4506)
            for client in clients.dropFirst() + [ninth] { _ = try await client.ok("ping") }
        }
    }
}
