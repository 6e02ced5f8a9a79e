import Database
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

@Suite("Hands", .timeLimit(.minutes(3)))
struct HandTests {
    private func picture(_ welcome: JSON) throws -> PresencePicture {
        try PresencePicture(welcome["presence"] ?? .null)
    }

    @Test(arguments: [1, 2])
    func `hands are shown in the order of rising, and the next one is called`(loops: Int) async throws {
        try await TestHub.with({ $0.loops = loops }) { hub in
            let room = try await hub.testCourse(students: 3)
            let (teacher, welcome) = try await hub.join(room.session, as: room.teacher)
            var seen = try picture(welcome)
            #expect(seen.hands == [])
            var clients: [WebSocketTestClient] = []
            for student in room.students { clients.append(try await hub.join(room.session, as: student).client) }
            for index in [2, 0, 1] { #expect(try await clients[index].ok("hand", ["up": true]) == [:]) }
            // One that is up keeps its place; one's own may be named.
            #expect(try await clients[2].ok("hand", ["up": true, "user_id": 103]) == [:])
            seen = try await teacher.presence(seen, untilHands: [103, 101, 102])
            let (late, fresh) = try await hub.join(room.session, as: room.assistant)
            #expect(try picture(fresh).hands == [103, 101, 102])

            #expect(try await teacher.ok("hand.next") == ["user_id": 103])
            let called = try await late.event("hand.called")
            #expect(called["user_id"] == 103)
            #expect(called["by"] == room.teacher.shown(as: "instructor"))
            #expect(called.objectValue?.members.map(\.name) == ["seq", "type", "at", "user_id", "by"])
            seen = try await teacher.presence(seen, untilHands: [101, 102])
            // A host lowers another's, and everybody their own; what is down already stays so.
            for _ in 1...2 { #expect(try await teacher.ok("hand", ["up": false, "user_id": 101]) == [:]) }
            seen = try await teacher.presence(seen, untilHands: [102])
            for _ in 1...2 { #expect(try await clients[1].ok("hand", ["up": false]) == [:]) }
            seen = try await teacher.presence(seen, untilHands: [])
            let head = try await hub.journal(room.session).count
            #expect(try await teacher.ok("hand.next") == ["user_id": .null])
            #expect(try await hub.journal(room.session).count == head)
            // A host has a hand as well, and raises it anew behind the others.
            _ = try await clients[1].ok("hand", ["up": true])
            _ = try await teacher.ok("hand", ["up": true])
            seen = try await teacher.presence(seen, untilHands: [102, 2])
        }
    }

    @Test(
        arguments: [
            ("up", ["up": "yes"]), ("up", ["up": 1]), ("up", [:]), ("up", ["up": .null]),
            ("user_id", ["up": false, "user_id": "102"]), ("user_id", ["up": false, "user_id": 0]),
            ("user_id", ["up": true, "user_id": 102]),
        ] as [(String, JSON)])
    func `a hand names the field that is wrong`(field: String, fields: JSON) async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 2)
            let (teacher, _) = try await hub.join(room.session, as: room.teacher)
            let error = try await teacher.refusal("hand", fields)
            #expect(error["code"] == "invalid_field")
            #expect(error["field"]?.stringValue == field)
        }
    }

    @Test func `a member lowers nobody else's hand and calls nobody, and nothing goes before the start`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 2, isLive: false)
            let (teacher, _) = try await hub.join(room.session, as: room.teacher)
            let (student, _) = try await hub.join(room.session, as: room.student)
            #expect(try await student.refusal("hand", ["up": true])["code"] == "not_live")
            #expect(try await teacher.refusal("hand", ["up": false, "user_id": 101])["code"] == "not_live")
            #expect(try await teacher.refusal("hand.next")["code"] == "not_live")
            _ = try await teacher.ok("session.start")
            #expect(try await student.refusal("hand", ["up": false, "user_id": 102])["code"] == "forbidden")
            #expect(try await student.refusal("hand", ["up": true, "user_id": 102])["code"] == "forbidden")
            #expect(try await student.refusal("hand.next")["code"] == "forbidden")
            // Somebody whom the class does not know has no hand either.
            #expect(try await teacher.ok("hand", ["up": false, "user_id": 4711]) == [:])
        }
    }

    @Test func `a hand survives a reconnect within the grace and goes with the stay`() async throws {
        try await TestHub.with({ $0.windows.grace = 1500 }) { hub in
            let room = try await hub.testCourse(students: 2)
            let (teacher, welcome) = try await hub.join(room.session, as: room.teacher)
            var seen = try picture(welcome)
            let (first, _) = try await hub.join(room.session, as: room.students[0])
            let (second, _) = try await hub.join(room.session, as: room.students[1])
            for client in [first, second] { _ = try await client.ok("hand", ["up": true]) }
            seen = try await teacher.presence(seen, untilHands: [101, 102])
            await first.drop()
            let (back, again) = try await hub.join(room.session, as: room.students[0])
            #expect(try picture(again).hands == [101, 102])
            await second.drop()
            seen = try await teacher.presence(seen, untilHands: [101])
            #expect(seen.ids == [2, 101])
            await back.drop()
            seen = try await teacher.presence(seen, untilHands: [])
            // Behind the end of the stay, which is owed: a post that is accepted shows that it is written.
            _ = try await teacher.say("Alone", clientID: "a")
            #expect(try await hub.number("SELECT COUNT(hand_place) AS n FROM live_session_participants") == 0)
            let (anew, _) = try await hub.join(room.session, as: room.students[1])
            #expect(try await teacher.ok("hand.next") == ["user_id": .null])
            _ = try await anew.ok("hand", ["up": true])
            seen = try await teacher.presence(seen, untilHands: [102])
        }
    }

    @Test func `the end of the class lowers all hands, and a reopened one begins without`() async throws {
        try await TestHub.with({ $0.loops = 2 }) { hub in
            let room = try await hub.testCourse(students: 2)
            let (teacher, welcome) = try await hub.join(room.session, as: room.teacher)
            var seen = try picture(welcome)
            var clients: [WebSocketTestClient] = []
            for student in room.students { clients.append(try await hub.join(room.session, as: student).client) }
            for client in clients { _ = try await client.ok("hand", ["up": true]) }
            seen = try await teacher.presence(seen, untilHands: [101, 102])
            _ = try await teacher.ok("session.end")
            seen = try await teacher.presence(seen, untilHands: [])
            #expect(try await hub.number("SELECT COUNT(hand_place) AS n FROM live_session_participants") == 0)
            #expect(try await clients[0].refusal("hand", ["up": true])["code"] == "not_live")
            try await hub.expectOK(
                "POST", "/api/live-sessions/\(room.session)/reopen", token: room.teacher.token)
            _ = try await clients[1].event("session.reopened")
            _ = try await clients[1].ok("hand", ["up": true])
            seen = try await teacher.presence(seen, untilHands: [102])
        }
    }

    @Test func `whoever may no longer be in the class is passed over`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 2)
            let (teacher, welcome) = try await hub.join(room.session, as: room.teacher)
            var clients: [WebSocketTestClient] = []
            for student in room.students { clients.append(try await hub.join(room.session, as: student).client) }
            for client in clients { _ = try await client.ok("hand", ["up": true]) }
            _ = try await teacher.presence(try picture(welcome), untilHands: [101, 102])
            // Within the grace the person is still shown, and the hand with them.
            try await hub.enroll(101, in: room.course, isActive: false)
            #expect(try await clients[0].closeCode() == 4502)
            #expect(try await teacher.ok("hand.next") == ["user_id": 102])
        }
    }

    /// The platform brings its own id for somebody made here: the calls of before lead to them, and their hand is down
    /// with their seat on the channel, until they are back under the new id.
    @Test func `a call names its person under the id that they have now`() async throws {
        try await Classroom.with { room in
            _ = try data(await room.importLines(#"{"user":{"email":"nadia@school.example","first_name":"Nadia"}}"#))
            let session = try await room.live()
            try await room.application.journal.write { transaction in
                _ = try transaction.connection.execute(
                    """
                    INSERT INTO live_session_participants (session_id, user_id, role, seat, first_joined_at, hand_place)
                    VALUES ($1, 1000000000, 'participant', 'channel', 1, 1)
                    """,
                    [.integer(session)]
                )
                try SeatCount.recount(session: session, in: transaction.connection)
                _ = try transaction.append(
                    .handCalled, to: session, payload: ["user_id": 1_000_000_000], by: nil
                )
            }
            _ = try data(await room.importLines(#"{"user":{"id":77,"email":"nadia@school.example"}}"#))
            try await room.application.database.read { connection in
                let events = try EventReader.hub.events(session: session, after: 0, limit: 10, in: connection)
                #expect(events.last?.json["user_id"] == 77)
                #expect(try HandStore.first(of: session, connection) == nil)
            }
        }
    }

    @Test func `a seat over REST alone has no hand`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            try await hub.expectOK("POST", "/api/live-sessions/\(room.session)/join", token: room.student.token)
            let session = room.session
            let place = try await hub.application.journal.write { transaction in
                try HandStore.raise(101, in: session, transaction.connection)
            }
            #expect(place == nil)
        }
    }
}
