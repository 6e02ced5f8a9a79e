import HTTPTypes
import StrictJSON
import Testing

@testable import SessionHub

@Suite("Chat routes")
struct ChatRoutesTests {
    /// Posts by the channel's own operation.
    @discardableResult
    private func post(
        _ text: String, kind: ChatContent.Kind = .text, replyTo: Int64? = nil, isAnonymous: Bool = false,
        as user: Int64, in session: Int64, _ hub: ClassHub
    ) async throws -> ChatOperations.Posted {
        let operations = ChatOperations(windows: hub.windows)
        return try await hub.write { transaction in
            try operations.post(
                ChatPost(clientID: "c-\(text)", kind: kind, text: text, replyTo: replyTo, isAnonymous: isAnonymous),
                as: SessionAccess.load(session: session, for: ClassHub.caller(user), in: transaction.connection),
                in: transaction
            )
        }
    }

    private func texts(_ answer: ClassHub.Answer) -> [String]? {
        answer.data["messages"]?.arrayValue?.map { $0["message"]?.stringValue ?? "-" }
    }

    @Test func `the chat is read from either end, always ascending`() async throws {
        try await ClassHub.run { hub in
            let id = try await hub.scheduleLive()
            for text in ["a", "b", "c", "d"] { try await post(text, as: ClassHub.awa, in: id, hub) }
            try await post("why", kind: .question, as: ClassHub.bob, in: id, hub)
            let path = "/api/live-sessions/\(id)/chat"
            let newest = await hub.get("\(path)?limit=2", as: ClassHub.chen)
            #expect(texts(newest) == ["d", "why"])
            #expect(newest.data["more"] == true)
            #expect(newest.data["seq"] == 6)
            // seq 1 is the start of the class.
            #expect(texts(await hub.get("\(path)?before_seq=5", as: ClassHub.chen)) == ["a", "b", "c"])
            let next = await hub.get("\(path)?after_seq=2&limit=2", as: ClassHub.chen)
            #expect(texts(next) == ["b", "c"])
            #expect(next.data["more"] == true)
            #expect(texts(await hub.get("\(path)?type=question", as: ClassHub.chen)) == ["why"])
            #expect(await hub.get(path, as: ClassHub.outsider).status == 404)
            #expect(await hub.get("\(path)?limit=x", as: ClassHub.chen).json?["field"] == "limit")
        }
    }

    @Test func `a message has the seed's columns and its author`() async throws {
        try await ClassHub.run { hub in
            let id = try await hub.scheduleLive()
            try await post("hello", as: ClassHub.awa, in: id, hub)
            let answer = await hub.get("/api/live-sessions/\(id)/chat", as: ClassHub.chen)
            #expect(
                answer.data["messages"] == [
                    [
                        "id": 1, "session_id": .integer(id), "seq": 2, "user_id": 10,
                        "user": ["id": 10, "first_name": "Awa", "last_name": "Ndiaye", "avatar": nil],
                        "message": "hello", "message_type": "text", "reply_to": nil, "state": nil, "votes": 0,
                        "is_anonymous": false, "created_at": "2026-03-15T10:00:00Z", "deleted_at": nil,
                        "client_id": "c-hello",
                    ]
                ]
            )
        }
    }

    @Test func `who asked an anonymous question is seen by nobody else, hosts included`() async throws {
        try await ClassHub.run { hub in
            let id = try await hub.scheduleLive()
            try await post("why", kind: .question, isAnonymous: true, as: ClassHub.awa, in: id, hub)
            for (user, author) in [(ClassHub.awa, 10), (ClassHub.bob, nil), (ClassHub.teacher, nil)]
                as [(Int64, JSON?)]
            {
                let answer = await hub.get("/api/live-sessions/\(id)/chat", as: user)
                #expect(answer.data["messages"]?.arrayValue?.map { $0["user_id"] } == [author ?? .null])
                if author == nil { #expect(!answer.text.contains("Ndiaye")) }
                #expect(!(await hub.get("/api/live-sessions/\(id)/events", as: user)).text.contains("Ndiaye"))
            }
        }
    }

    @Test func `a deleted message keeps its place without its text`() async throws {
        try await ClassHub.run { hub in
            let id = try await hub.scheduleLive()
            let posted = try await post("oops", as: ClassHub.awa, in: id, hub)
            let operations = ChatOperations(windows: hub.windows)
            _ = try await hub.write { transaction in
                try operations.delete(
                    message: posted.id,
                    as: SessionAccess.load(
                        session: id, for: ClassHub.caller(ClassHub.awa), in: transaction.connection
                    ), in: transaction
                )
            }
            let chat = await hub.get("/api/live-sessions/\(id)/chat", as: ClassHub.bob)
            let row = try #require(chat.data["messages"]?.arrayValue?.first)
            #expect(row["seq"] == 2)
            #expect(row["message"] == .null)
            #expect(row["deleted_at"] == "2026-03-15T10:00:00Z")
            let journal = await hub.get("/api/live-sessions/\(id)/events", as: ClassHub.bob)
            #expect(!chat.text.contains("oops") && !journal.text.contains("oops"))
        }
    }

    @Test func `the journal is read in pages without a gap`() async throws {
        try await ClassHub.run { hub in
            let id = try await hub.scheduleLive()
            for text in ["a", "b", "c"] { try await post(text, as: ClassHub.awa, in: id, hub) }
            let path = "/api/live-sessions/\(id)/events"
            let first = await hub.get("\(path)?limit=3", as: ClassHub.bob)
            #expect(first.data["events"]?.arrayValue?.map { $0["seq"] } == [1, 2, 3])
            #expect(first.data["events"]?.arrayValue?.first?["type"] == "session.started")
            #expect(first.data["more"] == true)
            #expect(first.data["seq"] == 3)
            let rest = await hub.get("\(path)?after_seq=3", as: ClassHub.bob)
            #expect(rest.data["events"]?.arrayValue?.map { $0["text"] } == ["c"])
            #expect(rest.data["more"] == false)
            let none = await hub.get("\(path)?after_seq=4", as: ClassHub.bob)
            #expect(none.data == ["events": [], "more": false, "seq": 4])
            #expect(await hub.get(path, as: ClassHub.lapsed).status == 404)
        }
    }

    @Test func `a scheduled class goes with its chat and those who wait`() async throws {
        try await ClassHub.run { hub in
            let id = try await hub.schedule()
            _ = await hub.post("/api/live-sessions/\(id)/join", as: ClassHub.teacher)
            let question = try await post("why", kind: .question, as: ClassHub.awa, in: id, hub)
            try await post("because", kind: .answer, replyTo: question.id, as: ClassHub.teacher, in: id, hub)
            #expect(await hub.send(.delete, "/api/live-sessions/\(id)", as: ClassHub.teacher).status == 200)
            #expect(hub.signals == [.sessionGone(id)])
            #expect(await hub.get("/api/live-sessions/\(id)/chat", as: ClassHub.awa).status == 404)
        }
    }
}
