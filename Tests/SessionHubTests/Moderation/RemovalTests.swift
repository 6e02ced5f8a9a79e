import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// What is left of somebody who was sent away, and who may not be.
// Found from outside: no. 1 to 3 of a look at questions, hands and moderation.
@Suite("Moderation: after a removal", .timeLimit(.minutes(3)))
struct RemovalTests {
    private static let awa = JSON.integer(Someone.awa.id)
    private static let koffi = JSON.integer(Someone.koffi.id)

    @Test(arguments: [["remove"], ["ban", "unban"]])
    func `the hand of whoever is sent away while they are gone for a moment is down for everybody`(acts: [String])
        async throws
    {
        try await Classroom.with { room in
            let session = try await room.live()
            let (teacher, _) = try await room.enter(session, .teacher)
            let (awa, _) = try await room.enter(session, .awa)
            _ = try await awa.ok("hand", ["up": true])
            await awa.drop()
            // From now on she is in her grace.
            while try await room.segments(session, .awa).allSatisfy({ !$0.isHeld }) { await Task.yield() }
            for act in acts { _ = try await teacher.ok("moderation.\(act)", ["user_id": Self.awa]) }
            let (_, back) = try await room.enter(session, .awa)
            #expect(back["presence"]?["hands"] == [])
            #expect(try await room.enter(session, .koffi).welcome["presence"]?["hands"] == [])
            #expect(try await teacher.ok("hand.next") == ["user_id": nil])
        }
    }

    @Test func `a co-host who was removed changes nothing over REST until they come in again`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let path = "/api/live-sessions/\(session)"
            let (teacher, _) = try await room.enter(session, .teacher)
            let asked = try await teacher.ok("chat.post", ["client_id": "q", "text": "Why?", "kind": "question"])
            let question = try #require(asked["id"]?.integerValue)
            _ = try await teacher.ok("cohost", ["user_id": Self.awa, "on": true])
            let (awa, welcome) = try await room.enter(session, .awa)
            #expect(welcome["me"]?["role"] == "moderator")
            _ = try await teacher.ok("moderation.remove", ["user_id": Self.awa])
            #expect(try await awa.farewell().code == 4503)

            let writes: [(String, String, JSON?)] = [
                ("POST", "\(path)/moderation", ["action": "mute", "user_id": Self.koffi]),
                ("PUT", path, ["chat_mode": "locked"]), ("POST", "\(path)/end", nil),
                ("POST", "\(path)/questions/\(question)/vote", ["on": true]),
                ("POST", "\(path)/questions/\(question)/pin", ["on": true]),
                ("POST", "\(path)/jitsi-token", nil),
            ]
            for (method, target, body) in writes {
                let answer = try await room.send(method, target, token: room.token(.awa), json: body)
                expectRefusal(answer, 403, .removed)
            }
            #expect(try await room.get("\(path)/cohosts", as: .awa).status == 200, "reading changes nothing")
            try await room.join(session, .awa)
            _ = try data(await room.post("\(path)/jitsi-token", as: .awa))
            _ = try data(await room.put(path, as: .awa, ["chat_mode": "locked"]))
            _ = try await teacher.ok("moderation.remove", ["user_id": Self.awa])
            try await room.end(session)
            _ = try data(await room.put(path, as: .awa, ["description": "What we did"]))
        }
    }

    @Test func `a ban from the course is judged by what both are to the course`() async throws {
        try await Classroom.with { room in
            let course: JSON = ["title": "Réseaux", "instructor_id": 10, "co_instructor_ids": [11, 12]]
            _ = try data(await room.put("/api/courses/1", as: .admin, course))
            let other = JSON.integer(Someone.otherTeacher.id)
            let ban: JSON = ["action": "ban", "user_id": other, "scope": "course"]
            // In a class of one's own one stands above a colleague, but not above the colleague in theirs.
            let own = try await room.live(by: .assistant)
            let theirs = try await room.live(by: .otherTeacher)
            expectRefusal(try await room.moderate(own, as: .assistant, ban), 403, .forbidden, field: "user_id")
            _ = try data(await room.moderate(own, as: .teacher, ban))
            expectRefusal(try await room.post("/api/live-sessions/\(theirs)/end", as: .otherTeacher), 403, .banned)
            let unban: JSON = ["action": "unban", "user_id": other]
            expectRefusal(try await room.moderate(own, as: .assistant, unban), 403, .forbidden, field: "user_id")
            // Also from the class that the banned one gives.
            _ = try data(await room.moderate(theirs, as: .teacher, unban))
            _ = try data(await room.post("/api/live-sessions/\(theirs)/end", as: .otherTeacher))
        }
    }

    @Test func `only those who teach the course are told that they may name co-hosts`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            _ = try data(await room.put("/api/live-sessions/\(session)/cohosts/20", as: .teacher, nil))
            for (person, isTeacher) in [(Someone.teacher, true), (.assistant, true), (.admin, true), (.awa, false)] {
                let welcome = try await room.enter(session, person).welcome
                let permissions = welcome["me"]?["permissions"]?.arrayValue ?? []
                #expect(permissions.contains("cohost") == isTeacher && permissions.contains("chat.mode"), "\(person)")
            }
        }
    }

    @Test func `somebody who was bound meanwhile is meant by the id from before, too`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let made = try data(
                await room.post("/api/users", as: .admin, ["email": "bound@school.example", "role": "student"]),
                status: 201)
            let local = try #require(made["id"]?.integerValue)
            _ = try data(await room.put("/api/courses/1/enrollments/\(local)", as: .admin, [:]), status: 201)
            _ = try data(await room.moderate(session, as: .teacher, ["action": "ban", "user_id": .integer(local)]))
            _ = try data(
                await room.put("/api/users/5001", as: .admin, ["email": "bound@school.example", "role": "student"]),
                status: 201)
            _ = try data(await room.moderate(session, as: .teacher, ["action": "unban", "user_id": .integer(local)]))
            #expect(try await room.enter(session, .teacher).welcome["moderation"]?["banned"] == [])
        }
    }
}
