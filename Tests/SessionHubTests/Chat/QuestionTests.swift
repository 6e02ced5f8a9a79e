import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// What becomes of questions, over real sockets.
@Suite("Questions", .timeLimit(.minutes(3)))
struct QuestionTests {
    @Test func `a question is open, is answered and opened again; what is so already makes no event`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let (teacher, _) = try await room.enter(session, .teacher)
            let (awa, _) = try await room.enter(session, .awa)
            let (koffi, _) = try await room.enter(session, .koffi)
            let asked = try await awa.ask("Pourquoi 101 ?")
            let told = try await koffi.event("chat.message")
            #expect(told["state"] == "open" && told["private"] == nil && told["id"] == asked)
            let seq = try await teacher.step("state", asked, ["state": "answered"])
            let event = try await koffi.event("question.updated")
            #expect(event["seq"] == seq && event["id"] == asked && event["message_seq"] == told["seq"])
            #expect(event["state"] == "answered" && event["how"] == "live")
            #expect(event["by"] == Someone.teacher.actor("instructor") && event["votes"] == 0)
            #expect(try await teacher.step("state", asked, ["state": "answered"]) == seq, "no second event")
            _ = try await teacher.step("state", asked, ["state": "answered", "how": "written"])
            #expect(try await koffi.event("question.updated")["how"] == "written")
            _ = try await teacher.step("state", asked, ["state": "dismissed"])
            #expect(try await koffi.event("question.updated")["state"] == "dismissed")
            _ = try await teacher.step("state", asked, ["state": "open"])
            let opened = try await koffi.event("question.updated")
            #expect(opened["state"] == "open" && opened["how"] == nil)
            // Whoever is away until the question is closed learns by that how many voted.
            _ = try await koffi.ok("question.vote", ["id": asked, "on": true])
            _ = try await teacher.step("state", asked, ["state": "dismissed"])
            #expect(try await koffi.event("question.updated")["votes"] == 1)
            _ = try await teacher.step("state", asked, ["state": "open"])
            #expect(try await koffi.event("question.updated")["votes"] == nil, "newer counts may be ahead of it")
            // An answer of a member is a comment, that of a host answers.
            _ = try await koffi.answer(asked, "Je crois que…", clientID: "k")
            _ = try await teacher.answer(asked, "RFC 9110.", clientID: "t")
            let written = try await koffi.event("question.updated")
            #expect(written["state"] == "answered" && written["how"] == "written")
            #expect(try await room.questions(session, as: .koffi).first?["answers"] == 2)
        }
    }

    @Test func `pinned questions stay in the welcome, whatever their state`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let (teacher, _) = try await room.enter(session, .teacher)
            let (awa, _) = try await room.enter(session, .awa)
            let (first, second) = (try await awa.ask("Un ?"), try await awa.ask("Deux ?"))
            _ = try await teacher.step("pin", second, ["on": true])
            _ = try await teacher.step("state", second, ["state": "dismissed"])
            let shown = try await room.enter(session, .koffi).welcome["questions"]?.arrayValue ?? []
            #expect(shown.map { $0["id"] } == [second, first])
            #expect(shown.map { $0["pinned"] } == [true, false] && shown.map { $0["state"] } == ["dismissed", "open"])
            #expect(shown.first?["user"] == Someone.awa.actor("participant") && shown.first?["own"] == nil)
            #expect(try await room.enter(session, .awa).welcome["questions"]?.arrayValue?.first?["own"] == true)
            _ = try await teacher.step("pin", second, ["on": false])
            let left = try await room.enter(session, .koffi).welcome["questions"]?.arrayValue ?? []
            #expect(left.map { $0["id"] } == [first])
        }
    }

    @Test func `a question that waits is for its asker and the hosts, until a host approves it`() async throws {
        try await Classroom.with { room in
            let session = try await room.live(by: .teacher, ["questions_need_approval": true])
            let (teacher, _) = try await room.enter(session, .teacher)
            let (awa, _) = try await room.enter(session, .awa)
            let (koffi, _) = try await room.enter(session, .koffi)
            let asked = try await awa.ask("Et pourquoi ?", ["anonymous": true])
            #expect(try await teacher.event("chat.message")["state"] == "pending")
            #expect(try await koffi.refusal("question.vote", ["id": asked, "on": true])["code"] == "message_not_found")
            #expect(try await teacher.refusal("question.vote", ["id": asked, "on": true])["code"] == "conflict")
            #expect(try await room.questions(session, as: .koffi) == [])
            #expect(try await room.enter(session, .koffi).welcome["questions"] == [])
            #expect(try await room.enter(session, .awa).welcome["questions"]?.arrayValue?.count == 1)
            #expect(try await koffi.refusal("chat.delete", ["id": asked])["code"] == "message_not_found")
            let seq = try await teacher.step("approve", asked)
            let told = try await koffi.event("question.published")
            #expect(told["seq"] == seq && told["id"] == asked && told["user"] == .null && told["anonymous"] == true)
            #expect(told["text"] == "Et pourquoi ?" && told["asked_at"]?.stringValue != nil)
            #expect(try await teacher.step("approve", asked) == seq, "no second event")
            #expect(try await koffi.ok("question.vote", ["id": asked, "on": true])["votes"] == 1)
            let rows = try data(await room.get("/api/live-sessions/\(session)/chat", as: .koffi))["messages"]
            #expect(rows?.arrayValue?.map { $0["state"] } == ["open"])
            // Once it is deleted, the text is in neither of its events.
            _ = try await awa.ok("chat.delete", ["id": asked])
            let events = try await room.get("/api/live-sessions/\(session)/events?limit=200", as: .koffi)
            #expect(!events.text.contains("Et pourquoi") && events.text.contains("question.published"))
        }
    }

    @Test func `hosts need no approval; what was dismissed while it waited is published by opening it`() async throws {
        try await Classroom.with { room in
            let session = try await room.live(by: .teacher, ["questions_need_approval": true])
            let (teacher, _) = try await room.enter(session, .teacher)
            let (awa, _) = try await room.enter(session, .awa)
            let (koffi, _) = try await room.enter(session, .koffi)
            _ = try await teacher.ask("Qui a lu le chapitre ?")
            #expect(try await koffi.event("chat.message")["state"] == "open")
            let asked = try await awa.ask("Hors sujet ?")
            _ = try await teacher.step("state", asked, ["state": "dismissed"])
            #expect(try await room.questions(session, as: .koffi).count == 1)
            let early = try await teacher.refusal("question.state", ["id": asked, "state": "answered"])
            #expect(early["code"] == "conflict")
            _ = try await teacher.step("state", asked, ["state": "open"])
            #expect(try await koffi.event("question.published")["user"] == Someone.awa.actor("participant"))
        }
    }

    @Test func `a private question and its answers are for its asker and the hosts`() async throws {
        try await Classroom.with { room in
            let session = try await room.live(by: .teacher, ["questions_need_approval": true])
            let (teacher, _) = try await room.enter(session, .teacher)
            let (awa, _) = try await room.enter(session, .awa)
            let (koffi, _) = try await room.enter(session, .koffi)
            let asked = try await awa.ask("Ma note ?", ["private": true])
            let told = try await teacher.event("chat.message")
            #expect(told["private"] == true && told["state"] == "open", "it waits for nobody")
            #expect(try await teacher.refusal("question.vote", ["id": asked, "on": true])["code"] == "forbidden")
            let refused = try await koffi.refusal(
                "chat.post", ["client_id": "x", "text": "moi aussi", "kind": "answer", "reply_to": asked])
            #expect(refused["code"] == "message_not_found" && refused["field"] == "reply_to")
            let answered = try await teacher.answer(asked, "Douze.", clientID: "t")
            #expect(try await awa.event("question.updated")["state"] == "answered")
            let seq = try #require(answered["seq"]?.integerValue) + 1
            let seen = try await koffi.events(through: seq)
            #expect(seen.suffix(3).allSatisfy { $0["type"] == "withheld" && $0["at"] == nil })
            #expect(try await room.questions(session, as: .awa).first?["answers"] == 1)
        }
    }

    @Test func `merging makes the votes one set, in which nobody counts twice nor the asker at all`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let (teacher, _) = try await room.enter(session, .teacher)
            let (assistant, _) = try await room.enter(session, .assistant)
            let (awa, _) = try await room.enter(session, .awa)
            let (koffi, _) = try await room.enter(session, .koffi)
            let (first, second) = (try await awa.ask("Pourquoi ?"), try await koffi.ask("Et pourquoi donc ?"))
            _ = try await koffi.ok("question.vote", ["id": first, "on": true])
            _ = try await assistant.ok("question.vote", ["id": first, "on": true])
            _ = try await assistant.ok("question.vote", ["id": second, "on": true])
            _ = try await awa.ok("question.vote", ["id": second, "on": true])
            #expect(try await awa.ok("question.vote", ["id": second, "on": true])["votes"] == 2, "once a person")
            for (into, code) in [(first, "conflict"), (999_999, "message_not_found")] as [(JSON, String)] {
                let error = try await teacher.refusal("question.merge", ["id": first, "into": into])
                #expect(error["code"]?.stringValue == code && error["field"] == "into")
            }
            _ = try await teacher.step("merge", first, ["into": second])
            let told = try await koffi.event("question.updated")
            #expect(told["id"] == first && told["state"] == "merged" && told["merged_into"] == second)
            let rows = try await room.questions(session, as: .awa)
            let target = rows.first { $0["id"] == second }
            // The assistant, Awa, and Koffi, who asked this one: no count says who asked an anonymous one.
            #expect(target?["votes"] == 3 && target?["voted"] == true)
            #expect(try await room.questions(session, as: .koffi).first { $0["id"] == first }?["merged_into"] == second)
            let closed = try await awa.refusal("question.state", ["id": first, "state": "open"])
            #expect(closed["code"] == "forbidden")
            #expect(try await teacher.refusal("question.state", ["id": first, "state": "open"])["code"] == "conflict")
            #expect(try await koffi.refusal("question.vote", ["id": first, "on": true])["code"] == "conflict")
        }
    }

    @Test func `who asked anonymously is told to a host who asks, which stands in the list`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let (teacher, _) = try await room.enter(session, .teacher)
            let (awa, _) = try await room.enter(session, .awa)
            let asked = try await awa.ask("Qui suis-je ?", ["anonymous": true])
            #expect(try await room.questions(session, as: .teacher).first?["user"] == .null)
            #expect(try await awa.refusal("question.author", ["id": asked])["code"] == "forbidden")
            _ = try await teacher.ok("chat.delete", ["id": asked])
            let author = try await teacher.ok("question.author", ["id": asked])
            #expect(author["user"] == Someone.awa.actor("participant"))
            let acts = try data(await room.get("/api/live-sessions/\(session)/moderation", as: .assistant)).arrayValue
            #expect(acts?.first?["action"] == "question.author" && acts?.first?["message_id"] == asked)
            #expect(acts?.first?["user"] == .null && acts?.first?["seq"] == .null)
            #expect(acts?.first?["by"]?["id"] == .integer(Someone.teacher.id))
            _ = try data(
                await room.put(
                    "/api/live-sessions/\(session)", as: .teacher, ["is_anonymous_allowed": false]))
            let refused = try await awa.refusal(
                "chat.post", ["client_id": "n", "text": "Et moi ?", "kind": "question", "anonymous": true])
            #expect(refused["code"] == "forbidden" && refused["field"] == "anonymous")
        }
    }

    @Test(
        arguments: [
            ("question.vote", ["on": true], "id"), ("question.vote", ["id": 1], "on"),
            ("question.vote", ["id": "1", "on": true], "id"), ("question.vote", ["id": 1, "on": "yes"], "on"),
            ("question.state", ["id": 1, "state": "pending"], "state"), ("question.state", ["id": 1], "state"),
            ("question.state", ["id": 1, "state": "open", "how": "live"], "how"),
            ("question.state", ["id": 1, "state": "answered", "how": "sung"], "how"),
            ("question.pin", ["id": 1], "on"), ("question.approve", ["id": true], "id"),
            ("question.merge", ["id": 1], "into"), ("question.merge", ["id": 1, "into": 0], "into"),
            ("question.author", [:], "id"), ("chat.announce", ["client_id": "a"], "text"),
            ("chat.announce", ["text": "a"], "client_id"),
            ("chat.post", ["client_id": "a", "text": "t", "private": true], "private"),
            ("chat.post", ["client_id": "a", "text": "t", "kind": "announcement"], "kind"),
        ] as [(String, JSON, String)])
    func `a wrong or missing field is named`(type: String, fields: JSON, field: String) async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let (teacher, _) = try await room.enter(session, .teacher)
            let error = try await teacher.refusal(type, fields)
            #expect(error["code"] == "invalid_field" && error["field"]?.stringValue == field, "\(error.text)")
        }
    }

    @Test func `an announcement is a host's message to everybody, once`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let (teacher, _) = try await room.enter(session, .teacher)
            let (awa, _) = try await room.enter(session, .awa)
            _ = try await teacher.ok("chat.mode", ["mode": "locked"])
            let fields: JSON = ["client_id": "a", "text": "Pause de cinq minutes."]
            let said = try await teacher.ok("chat.announce", fields)
            let told = try await awa.event("chat.message")
            #expect(told["kind"] == "announcement" && told["id"] == said["id"])
            #expect(try await teacher.ok("chat.announce", fields)["duplicate"] == true)
            let rows = try data(
                await room.get("/api/live-sessions/\(session)/chat?type=announcement", as: .awa))["messages"]
            #expect(rows?.arrayValue?.map { $0["message"] } == ["Pause de cinq minutes."])
        }
    }
}

extension WebSocketTestClient {
    /// Asks a question; the answer is its id.
    func ask(_ text: String, _ more: JSONObject = [:]) async throws -> JSON {
        var fields: JSONObject = ["client_id": .string("q-\(text)"), "text": .string(text), "kind": "question"]
        for member in more.members { fields[member.name] = member.value }
        return try ok("chat.post", .object(fields))["id"] ?? .null
    }

    func answer(_ question: JSON, _ text: String, clientID: String) async throws -> JSON {
        try ok(
            "chat.post",
            ["client_id": .string(clientID), "text": .string(text), "kind": "answer", "reply_to": question])
    }

    /// What a host does with a question; the answer is the seq.
    func step(_ action: String, _ question: JSON, _ more: JSONObject = [:]) async throws -> JSON {
        var fields: JSONObject = ["id": question]
        for member in more.members { fields[member.name] = member.value }
        return try ok("question.\(action)", .object(fields))["seq"] ?? .null
    }
}

extension Classroom {
    /// The questions that somebody reads over REST.
    func questions(_ session: Int64, as person: Someone, query: String = "") async throws -> [JSON] {
        try data(await get("/api/live-sessions/\(session)/questions\(query)", as: person)).arrayValue ?? []
    }
}
