import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// Lists of questions over REST, and the routes that do what the commands do.
@Suite("Questions over REST", .timeLimit(.minutes(3)))
struct QuestionListTests {
    /// Three questions of Awa: the second has two votes, the first is answered.
    private static func ask(_ room: Classroom, _ session: Int64) async throws -> [JSON] {
        let (teacher, _) = try await room.enter(session, .teacher)
        let (awa, _) = try await room.enter(session, .awa)
        var ids: [JSON] = []
        for text in ["Un ?", "Deux ?", "=3 ?"] { ids.append(try await awa.ask(text)) }
        for person in [Someone.koffi, .assistant] {
            let path = "/api/live-sessions/\(session)/questions/\(ids[1].text)/vote"
            _ = try data(await room.post(path, as: person, ["on": true]))
        }
        _ = try await teacher.answer(ids[0], "Oui.", clientID: "t")
        return ids
    }

    @Test func `lists are sorted by votes, age or need, and filtered by state`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let ids = try await Self.ask(room, session)
            let expected: [(String, [Int])] = [
                ("", [1, 0, 2]), ("?sort=top", [1, 0, 2]), ("?sort=new", [2, 1, 0]), ("?sort=unanswered", [1, 2, 0]),
                ("?state=open", [1, 2]), ("?state=answered", [0]), ("?state=pending", []), ("?limit=1&page=2", [0]),
            ]
            for (query, order) in expected {
                let rows = try await room.questions(session, as: .koffi, query: query)
                #expect(rows.map { $0["id"] } == order.map { ids[$0] }, "\(query)")
            }
            let page = try await room.get("/api/live-sessions/\(session)/questions?limit=1", as: .awa)
            #expect(page.json["pagination"]?["total"] == 3)
            for query in ["sort=best", "state=asked"] {
                let refused = try await room.get("/api/live-sessions/\(session)/questions?\(query)", as: .awa)
                #expect(refused.status == 400 && refused.json["code"] == "invalid_field")
            }
            let first = try await room.questions(session, as: .koffi).first
            #expect(
                first?.objectValue?.members.map(\.name) == [
                    "id", "seq", "at", "user", "text", "state", "votes", "pinned", "voted", "answers",
                ])
        }
    }

    @Test func `the CSV has every question with its answers, names no anonymous one, and runs no formula`() async throws
    {
        try await Classroom.with { room in
            let session = try await room.live()
            let ids = try await Self.ask(room, session)
            let (awa, _) = try await room.enter(session, .awa)
            _ = try await awa.ask("Sans nom ?", ["anonymous": true])
            let path = "/api/live-sessions/\(session)/questions.csv"
            let english = try await room.get("\(path)?lang=en&bom=false", as: .teacher)
            let lines = english.text.split(separator: "\r\n").map(String.init)
            #expect(
                lines.first == "id,asked_at,name,anonymous,private,text,state,how,votes,pinned,merged_into,answers")
            #expect(lines.count == 5)
            #expect(
                lines[1].hasSuffix(
                    ",Awa Ndiaye,false,false,Un ?,answered,written,0,false,,Aïssatou Diallo: Oui."), "\(lines[1])")
            #expect(lines[3].contains(",'=3 ?,") && lines[2].hasPrefix("\(ids[1].text),"))
            #expect(lines[4].contains(",,true,false,Sans nom ?,open,,0,"))
            let french = try await room.get("\(path)?lang=fr", as: .teacher)
            #expect(french.text.contains(";Awa Ndiaye;non;non;Un ?;répondue;par écrit;0;non;;"))
            #expect(french.headers.contains { $0.value.contains("questions-\(session).csv") })
        }
    }

    @Test func `what is done over REST reaches the channel, and the refusals are the same`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let (koffi, _) = try await room.enter(session, .koffi)
            let asked = try await koffi.ask("Pourquoi ?")
            let path = "/api/live-sessions/\(session)/questions/\(asked.text)"
            #expect(try data(await room.post("\(path)/vote", as: .awa, ["on": true]))["votes"] == 1)
            _ = try await koffi.next { $0["votes"]?[asked.text] == 1 }
            expectRefusal(try await room.post("\(path)/vote", as: .koffi, ["on": true]), 403, .forbidden, field: "id")
            expectRefusal(try await room.post("\(path)/vote", as: .awa, ["on": 1]), 400, .invalidField, field: "on")
            let seq = try data(await room.post("\(path)/state", as: .teacher, ["state": "answered"]))["seq"]
            #expect(try await koffi.event("question.updated")["seq"] == seq)
            expectRefusal(try await room.post("\(path)/vote", as: .awa, ["on": false]), 409, .conflict, field: "id")
            let unknown = "/api/live-sessions/\(session)/questions/999999/approve"
            expectRefusal(try await room.post(unknown, as: .teacher, nil), 404, .messageNotFound, field: "id")
            let author = try data(await room.post("\(path)/author", as: .teacher, nil))
            #expect(author["user"] == Someone.koffi.actor("participant"))
            // Not anonymous: everybody knows it, and nothing is noted.
            let acts = try data(await room.get("/api/live-sessions/\(session)/moderation", as: .teacher))
            #expect(acts == [])
        }
    }
}
