import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// Events that are not for all, and the frames that readers share.
// Found from outside: no. 10 and 11 of a look at questions, hands and moderation.
@Suite("Who is shown restricted events", .timeLimit(.minutes(3)))
struct RestrictedViewTests {
    /// Hosts and people are never mixed up, whatever number a person has.
    @Test(arguments: [true, false])
    func `the person with the smallest id sees what their role may see, whoever came first`(isTeacherFirst: Bool)
        async throws
    {
        try await Classroom.with { room in
            let second: JSON = ["email": "second@school.example", "role": "admin"]
            _ = try data(await room.put("/api/users/2", as: .admin, second), status: 201)
            let first: JSON = ["email": .string(Someone.admin.email), "role": "student"]
            let demoted = try await room.send("PUT", "/api/users/1", token: room.serviceToken(), json: first)
            #expect(demoted.status == 200, "\(demoted.text)")
            let enrolled = try await room.send(
                "PUT", "/api/courses/1/enrollments/1", token: room.serviceToken(), json: [:])
            #expect(enrolled.status == 201, "\(enrolled.text)")
            room.clock.advance(seconds: 61)
            let session = try await room.live()
            let token = try room.token(1, .student, email: Someone.admin.email)
            let early = isTeacherFirst ? try await room.enter(session, .teacher).client : nil
            let (smallest, _) = try await room.enter(session, token: token)
            let teacher = if let early { early } else { try await room.enter(session, .teacher).client }
            let (awa, _) = try await room.enter(session, .awa)
            let fields: JSON = ["client_id": "q", "text": "rien que pour vous", "kind": "question", "private": true]
            let asked = try await awa.ok("chat.post", fields)
            let seq = try #require(asked["seq"]?.integerValue)
            #expect(try await teacher.events(through: seq).last?["text"] == "rien que pour vous")
            #expect(try await smallest.events(through: seq).last == ["seq": .integer(seq), "type": "withheld"])
        }
    }

    @Test(arguments: [1, 2])
    func `nothing that is stored behind the end of a right is shown by it`(loops: Int) async throws {
        try await Classroom.with({
            $0.loops = loops
            ($0.limits.postsPerUser, $0.limits.postsPerSession) = (0, 0)
        }) { room in
            let session = try await room.live()
            let (teacher, _) = try await room.enter(session, .teacher)
            let (awa, _) = try await room.enter(session, .awa)
            let koffi = JSON.integer(Someone.koffi.id)
            for round in 1...5 {
                _ = try await teacher.ok("cohost", ["user_id": koffi, "on": true])
                let (former, _) = try await room.enter(session, .koffi)
                var last: Int64 = 0
                let ended = try await room.whileWaiting({
                    try await room.delete("/api/live-sessions/\(session)/cohosts/21", as: .teacher)
                }) { _ in
                    for number in 1...20 {
                        last = try await awa.post(
                            "chat.post",
                            [
                                "client_id": .string("\(round) \(number)"), "text": "secret", "kind": "question",
                                "private": true,
                            ])
                    }
                    await room.untilWaiting(21)
                }
                let change = try #require(try data(ended)["seq"]?.integerValue)
                let reply = try await awa.reply(to: last)
                let end = try #require(reply["ok"]?["seq"]?.integerValue)
                let seen = try await former.events(through: end).filter { $0["seq"]?.integerValue ?? 0 > change }
                #expect(seen.count == 20 && seen.allSatisfy { $0["type"] == "withheld" }, "\(seen)")
                try await former.close()
            }
        }
    }
}
