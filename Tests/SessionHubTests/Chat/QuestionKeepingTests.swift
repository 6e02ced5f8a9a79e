import Database
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// What of questions, votes and co-hosts goes with a class or with a person, and what keeps them.
@Suite("Questions: deleting and keeping", .timeLimit(.minutes(2)))
struct QuestionKeepingTests {
    private static let (ada, late): (Int64, Int64) = (901, 902)

    private func count(_ table: String, _ room: Classroom) async throws -> Int64 {
        try await room.application.database.read { connection in
            try connection.first("SELECT COUNT(*) AS n FROM \(table)")?.integer("n") ?? 0
        }
    }

    @Test func `a class with merged questions, votes, answers, co-hosts and sanctions is deleted whole`() async throws {
        try await Classroom.with { room in
            // People come before it begins: nobody has attended, so that nothing must be kept.
            let session = try await room.schedule(inMinutes: 5)
            let (teacher, _) = try await room.enter(session, .teacher)
            let (awa, _) = try await room.enter(session, .awa)
            let (koffi, _) = try await room.enter(session, .koffi)
            let (first, second) = (try await awa.ask("Un ?"), try await koffi.ask("Deux ?"))
            let third = try await koffi.ask("Trois ?")
            _ = try await koffi.ok("question.vote", ["id": first, "on": true])
            _ = try await awa.ok("question.vote", ["id": third, "on": true])
            _ = try await teacher.step("merge", second, ["into": first])
            _ = try await teacher.step("merge", third, ["into": first])
            _ = try await koffi.answer(second, "moi aussi", clientID: "k")
            _ = try await teacher.step("pin", first, ["on": true])
            _ = try await teacher.ok("cohost", ["user_id": .integer(Someone.awa.id), "on": true])
            _ = try await teacher.ok("moderation.mute", ["user_id": .integer(Someone.koffi.id)])
            let tables = [
                "live_session_chat", "question_votes", "live_session_cohosts", "live_session_sanctions",
                "moderation_acts", "live_session_events", "live_session_participants",
            ]
            for table in tables { #expect(try await count(table, room) > 0, "\(table)") }
            #expect(try await room.delete("/api/live-sessions/\(session)", as: .teacher).status == 200)
            #expect(try await koffi.closeCode() == 4505)
            for table in tables { #expect(try await count(table, room) == 0, "\(table)") }
        }
    }

    @Test func `who has voted or was named co-host is kept, until the class is gone`() async throws {
        try await Classroom.with { room in
            for (id, role) in [(Self.ada, "student"), (Self.late, "instructor")] {
                let person: JSON = ["email": .string("p\(id)@school.example"), "role": .string(role)]
                _ = try data(await room.put("/api/users/\(id)", as: .admin, person), status: 201)
            }
            let line = #"{"enrollment":{"course_id":1,"user_id":\#(Self.ada)}}"#
            #expect(try await room.importLines(line).status == 200)
            let session = try await room.schedule(inMinutes: 5)
            let asked = try await room.enter(session, .awa).client.ask("Un ?")
            let token = try room.application.tokens.mint(
                userID: Self.ada, email: "p\(Self.ada)@school.example", role: .student, issuedAt: room.nowSeconds,
                expiresAt: room.nowSeconds + 3600)
            let path = "/api/live-sessions/\(session)"
            _ = try data(
                await room.send("POST", "\(path)/questions/\(asked.text)/vote", token: token, json: ["on": true]))
            _ = try data(await room.put("\(path)/cohosts/\(Self.late)", as: .teacher, nil))
            #expect(try await room.delete("/api/courses/1/enrollments/\(Self.ada)", as: .admin).status == 200)
            for id in [Self.ada, Self.late] {
                expectRefusal(try await room.delete("/api/users/\(id)", as: .admin), 409, .conflict)
            }
            let votes = try await room.questions(session, as: .awa).first?["votes"]
            #expect(votes == 1, "a count never names somebody who is gone")
            #expect(try await room.delete(path, as: .teacher).status == 200)
            for id in [Self.ada, Self.late] {
                #expect(try await room.delete("/api/users/\(id)", as: .admin).status == 200)
            }
        }
    }

    @Test func `the event of an approval says all that a list says`() async throws {
        try await Classroom.with { room in
            let session = try await room.live(by: .teacher, ["questions_need_approval": true])
            let (teacher, _) = try await room.enter(session, .teacher)
            let (koffi, _) = try await room.enter(session, .koffi)
            let asked = try await room.enter(session, .awa).client.ask("Un ?")
            _ = try await teacher.step("state", asked, ["state": "dismissed"])
            // Nobody else would learn of the pin.
            #expect(try await teacher.refusal("question.pin", ["id": asked, "on": true])["code"] == "conflict")
            // Whoever asked was a participant then.
            _ = try await teacher.ok("cohost", ["user_id": .integer(Someone.awa.id), "on": true])
            _ = try await teacher.step("state", asked, ["state": "open"])
            let told = try await koffi.event("question.published")
            let listed = try await room.questions(session, as: .koffi).first
            #expect(listed?["pinned"] == false && told["user"] == listed?["user"])
            #expect(listed?["user"] == Someone.awa.actor("participant"))
        }
    }

    @Test func `without approval from now on, what waits goes on waiting`() async throws {
        try await Classroom.with { room in
            let session = try await room.live(by: .teacher, ["questions_need_approval": true])
            let (teacher, _) = try await room.enter(session, .teacher)
            let (koffi, _) = try await room.enter(session, .koffi)
            let waiting = try await koffi.ask("Et pourquoi ?")
            _ = try await teacher.ok("session.update", ["questions_need_approval": false])
            let asked = try await koffi.ask("Comment ?")
            let (awa, welcome) = try await room.enter(session, .awa)
            #expect(welcome["questions"]?.arrayValue?.map { $0["id"] } == [asked])
            #expect(try await awa.refusal("question.vote", ["id": waiting, "on": true])["code"] == "message_not_found")
            let rows = try await room.questions(session, as: .teacher, query: "?sort=new")
            #expect(rows.count == 2 && rows.first?["state"] == "open" && rows.last?["state"] == "pending")
            _ = try await teacher.step("approve", waiting)
            #expect(try await awa.event("question.published")["id"] == waiting)
        }
    }

    @Test func `each welcome has the votes and names of its moment, and what its reader did`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let (awa, _) = try await room.enter(session, .awa)
            let (koffi, _) = try await room.enter(session, .koffi)
            let asked = try await awa.ask("Un ?")
            func shown(_ reader: Someone) async throws -> JSON? {
                try await room.enter(session, reader).welcome["questions"]?.arrayValue?.first
            }
            for (on, votes) in [(true, 1), (false, 0), (true, 1)] as [(Bool, Int64)] {
                _ = try await koffi.ok("question.vote", ["id": asked, "on": .bool(on)])
                for reader in [Someone.koffi, .assistant, .awa] {
                    let question = try await shown(reader)
                    #expect(question?["votes"] == .integer(votes), "\(reader)")
                    #expect(question?["voted"] == .bool(on && reader == .koffi), "\(reader)")
                    #expect(question?["own"] == (reader == .awa ? true : nil), "\(reader)")
                }
            }
            let name: JSON = ["first_name": "Awa Marie"]
            #expect(try await room.put("/api/users/\(Someone.awa.id)", as: .admin, name).status == 200)
            #expect(try await shown(.koffi)?["user"]?["name"] == "Awa Marie Ndiaye")
        }
    }
}
