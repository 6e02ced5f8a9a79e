import Database
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// Who a guest was is nowhere any more.
@Suite("Guests: erased", .timeLimit(.minutes(3)))
struct GuestErasureTests {
    private static let name = "Wilhelmina Ypsilanti"
    private static let words = "\(TestHub.mark) quarante-deux zèbres"

    @Test(arguments: [1, 2])
    func `name and texts are gone for those who are here, who come back, who come, and from the file`(
        loops: Int
    ) async throws {
        try await Classroom.with({ $0.loops = loops }) { room in
            let session = try await room.live()
            let (awa, before) = try await room.enter(session, .awa)
            let guest = try await room.visitor(session, Self.name)
            let (client, _) = try await room.enter(session, token: guest.token)
            _ = try await awa.next { frame in
                frame["presence"]?["joined"]?.arrayValue?.contains { $0["id"] == .integer(guest.id) } ?? false
            }
            _ = try await client.say(Self.words, clientID: "g1")
            _ = try await client.ok("chat.post", ["client_id": "g2", "text": .string(Self.words), "kind": "question"])
            _ = try await client.ok("hand", ["up": true])
            let (teacher, _) = try await room.enter(session, .teacher)
            let reason = "\(Self.name) talks too much"
            _ = try await teacher.ok(
                "moderation.mute", ["user_id": .integer(guest.id), "seconds": 5, "reason": .string(reason)])
            _ = try await teacher.ok("hand.next")
            #expect(try await room.dismiss(guest, from: session, erase: true).status == 204)
            #expect(try await client.farewell().code == 4502)
            let erased = try await awa.event("guest.erased")
            // Changes of presence are told together, a quarter of a second late at most.
            _ = try await awa.next { frame in
                frame["presence"]?["left"]?.arrayValue?.contains(.integer(guest.id)) ?? false
            }
            #expect(erased["user_id"] == .integer(guest.id) && erased["by"]?["id"] == .integer(Someone.teacher.id))
            let head = try #require(erased["seq"]?.integerValue)
            #expect(try await room.dismiss(guest, from: session, erase: true).status == 204)
            #expect(try await room.row(session).headSeq == head, "a second time changes nothing")

            let epoch = before["epoch"]?.stringValue ?? ""
            let path = "/api/live-sessions/\(session)"
            var answers = [
                try await room.enter(session, .koffi).welcome, try await room.enter(session, .teacher).welcome,
                try await room.enter(session, .awa, resume: (seq: 1, epoch: epoch)).welcome,
                try await awa.ok("history", ["after_seq": 0]),
                try await awa.ok("presence.list", ["after": 0, "limit": 10]),
            ]
            for rest in [
                "", "/chat", "/events", "/participants", "/attendance", "/questions", "/guests", "/moderation",
            ] {
                answers.append(try data(await room.get(path + rest, as: .teacher)))
            }
            for answer in answers {
                #expect(!answer.text.contains("Ypsilanti") && !answer.text.contains("zèbres"), "\(answer.text)")
            }
            let message = answers[3]["events"]?.arrayValue?.first { $0["type"] == "chat.message" }
            #expect(message?["user"]?["name"] == "Guest" && message?["deleted"] == true)
            try await Self.searchFile(of: room)
        }
    }

    private static func searchFile(of room: Classroom) async throws {
        // PostgreSQL overwrites what is deleted when it vacuums, and in its own time.
        guard !TestDatabase.isServer else { return }
        #expect(try room.folder.bytes(ofFilesNamed: "amphi.db").containsRun(Array(Self.name.utf8)), "it was there")
        // A clean stop checkpoints.
        await room.application.stop()
        let bytes = try room.folder.bytes(ofFilesNamed: "amphi.db")
        for text in ["Ypsilanti", "ypsilanti", "zèbres", "guest.erased"] {
            #expect(bytes.containsRun(Array(text.utf8)) == (text == "guest.erased"), "\(text)")
        }
    }

    // Found from outside: the name stood in the answer that was kept for a key, and in a class that was deleted.
    @Test(TestDatabase.ofFiles) func `no answer that was kept has the name, and a deleted class forgets it as well`()
        async throws
    {
        try await Classroom.with { room in
            let session = try await room.live()
            let guest = try await room.visitor(session, Self.name)
            let (client, _) = try await room.enter(session, token: guest.token)
            let fields: JSON = ["client_id": "q", "text": "Pourquoi ?", "kind": "question", "anonymous": true]
            let asked = try #require(try await client.ok("chat.post", fields)["id"]?.integerValue)
            let path = "/api/live-sessions/\(session)"
            func author() async throws -> TestResponse {
                try await room.send(
                    "POST", "\(path)/questions/\(asked)/author", token: room.token(.teacher),
                    headers: [("Idempotency-Key", "who")])
            }
            #expect(try await author().text.contains("Ypsilanti"))
            try await room.end(session)
            _ = try data(await room.delete(path, as: .teacher))
            #expect(try await room.get("\(path)/attendance.csv", as: .teacher).text.contains("Ypsilanti"))
            #expect(try data(await room.get("\(path)/guests", as: .teacher)).arrayValue?.count == 1)
            #expect(try await room.dismiss(guest, from: session, erase: true).status == 204)
            #expect(try await !room.get("\(path)/attendance.csv", as: .teacher).text.contains("Ypsilanti"))
            expectRefusal(try await room.get("\(path)/guests", as: .awa), 404, .sessionNotFound)
            await room.application.stop()
            let bytes = try room.folder.bytes(ofFilesNamed: "amphi.db")
            #expect(!bytes.containsRun(Array("Ypsilanti".utf8)))
        }
    }

    @Test func `whoever was let go before can be forgotten later, also by a service`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let guest = try await room.visitor(session, Self.name)
            _ = try data(await room.send("POST", "/api/live-sessions/\(session)/join", token: guest.token))
            let (client, _) = try await room.enter(session, token: guest.token)
            _ = try await client.say(Self.words, clientID: "g1")
            #expect(try await room.dismiss(guest, from: session).status == 204)
            try await room.end(session)
            room.clock.advance(seconds: 3600)
            let path = "/api/live-sessions/\(session)/guests/\(guest.id)?erase=true"
            #expect(try await room.client.send("DELETE", path, token: room.serviceToken()).status == 204)
            let row = try data(await room.get("/api/live-sessions/\(session)/guests", as: .teacher)).arrayValue?.first
            #expect(row?["name"] == "Guest" && row?["erased_at"]?.stringValue == room.clock.now.text)
            #expect(row?["revoked_at"]?.stringValue != row?["erased_at"]?.stringValue)
            let attendance = try data(await room.get("/api/live-sessions/\(session)/attendance", as: .teacher))
            #expect(attendance["participants"]?.arrayValue?.first?["first_name"] == "Guest")
        }
    }
}
