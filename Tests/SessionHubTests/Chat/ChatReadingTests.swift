import Database
import HTTPTypes
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

@Suite("Reading a chat and its journal")
struct ChatReadingTests {
    /// Posts by the channel's own operation.
    @discardableResult
    private func post(
        _ text: String, kind: ChatContent.Kind = .text, replyTo: Int64? = nil, isAnonymous: Bool = false,
        as user: Someone, in session: Int64, _ hub: Classroom
    ) async throws -> ChatOperations.Posted {
        let operations = ChatOperations(windows: hub.windows)
        return try await hub.write { transaction in
            try operations.post(
                ChatPost(clientID: "c-\(text)", kind: kind, text: text, replyTo: replyTo, isAnonymous: isAnonymous),
                as: SessionAccess.load(session: session, for: user.caller, in: transaction.connection),
                in: transaction
            )
        }
    }

    private func texts(_ answer: TestResponse) -> [String]? {
        answer.data["messages"]?.arrayValue?.map { $0["message"]?.stringValue ?? "-" }
    }

    @Test func `the chat is read from either end, always ascending`() async throws {
        try await Classroom.quiet { hub in
            let id = try await hub.planLive()
            for text in ["a", "b", "c", "d"] { try await post(text, as: .awa, in: id, hub) }
            try await post("why", kind: .question, as: .koffi, in: id, hub)
            let path = "/api/live-sessions/\(id)/chat"
            let newest = try await hub.get("\(path)?limit=2", as: .koffi)
            #expect(texts(newest) == ["d", "why"])
            #expect(newest.data["more"] == true)
            #expect(newest.data["seq"] == 6)
            // seq 1 is the start of the class.
            #expect(texts(try await hub.get("\(path)?before_seq=5", as: .koffi)) == ["a", "b", "c"])
            let next = try await hub.get("\(path)?after_seq=2&limit=2", as: .koffi)
            #expect(texts(next) == ["b", "c"])
            #expect(next.data["more"] == true)
            #expect(texts(try await hub.get("\(path)?type=question", as: .koffi)) == ["why"])
            #expect(try await hub.get(path, as: .outsider).status == 404)
            #expect(try await hub.get("\(path)?limit=x", as: .koffi).json["field"] == "limit")
        }
    }

    @Test func `a message has the seed's columns and its author`() async throws {
        try await Classroom.quiet { hub in
            let id = try await hub.planLive()
            try await post("hello", as: .awa, in: id, hub)
            let answer = try await hub.get("/api/live-sessions/\(id)/chat", as: .koffi)
            #expect(
                answer.data["messages"] == [
                    [
                        "id": 1, "session_id": .integer(id), "seq": 2, "user_id": 20,
                        "user": ["id": 20, "first_name": "Awa", "last_name": "Ndiaye", "avatar": nil],
                        "message": "hello", "message_type": "text", "reply_to": nil, "state": nil, "votes": 0,
                        "is_anonymous": false, "created_at": "2026-03-15T10:00:00Z", "deleted_at": nil,
                        "client_id": "c-hello",
                    ]
                ]
            )
        }
    }

    @Test func `who asked an anonymous question is seen by nobody else, hosts included`() async throws {
        try await Classroom.quiet { hub in
            let id = try await hub.planLive()
            try await post("why", kind: .question, isAnonymous: true, as: .awa, in: id, hub)
            for (user, author) in [(.awa, 20), (.koffi, nil), (.teacher, nil)]
                as [(Someone, JSON?)]
            {
                let answer = try await hub.get("/api/live-sessions/\(id)/chat", as: user)
                #expect(answer.data["messages"]?.arrayValue?.map { $0["user_id"] } == [author ?? .null])
                if author == nil { #expect(!answer.text.contains("Ndiaye")) }
                #expect(!(try await hub.get("/api/live-sessions/\(id)/events", as: user)).text.contains("Ndiaye"))
            }
        }
    }

    @Test func `a deleted message keeps its place without its text`() async throws {
        try await Classroom.quiet { hub in
            let id = try await hub.planLive()
            let posted = try await post("oops", as: .awa, in: id, hub)
            let operations = ChatOperations(windows: hub.windows)
            _ = try await hub.write { transaction in
                try operations.delete(
                    message: posted.id,
                    as: SessionAccess.load(
                        session: id, for: Someone.awa.caller, in: transaction.connection
                    ), in: transaction
                )
            }
            let chat = try await hub.get("/api/live-sessions/\(id)/chat", as: .koffi)
            let row = try #require(chat.data["messages"]?.arrayValue?.first)
            #expect(row["seq"] == 2)
            #expect(row["message"] == .null)
            #expect(row["deleted_at"] == "2026-03-15T10:00:00Z")
            let journal = try await hub.get("/api/live-sessions/\(id)/events", as: .koffi)
            #expect(!chat.text.contains("oops") && !journal.text.contains("oops"))
        }
    }

    @Test func `the journal is read in pages without a gap`() async throws {
        try await Classroom.quiet { hub in
            let id = try await hub.planLive()
            for text in ["a", "b", "c"] { try await post(text, as: .awa, in: id, hub) }
            let path = "/api/live-sessions/\(id)/events"
            let first = try await hub.get("\(path)?limit=3", as: .koffi)
            #expect(first.data["events"]?.arrayValue?.map { $0["seq"] } == [1, 2, 3])
            #expect(first.data["events"]?.arrayValue?.first?["type"] == "session.started")
            #expect(first.data["more"] == true)
            #expect(first.data["seq"] == 3)
            let rest = try await hub.get("\(path)?after_seq=3", as: .koffi)
            #expect(rest.data["events"]?.arrayValue?.map { $0["text"] } == ["c"])
            #expect(rest.data["more"] == false)
            let none = try await hub.get("\(path)?after_seq=4", as: .koffi)
            #expect(none.data == ["events": [], "more": false, "seq": 4])
            #expect(try await hub.get(path, as: .former).status == 404)
        }
    }

    @Test func `a scheduled class goes with its chat and those who wait`() async throws {
        try await Classroom.quiet { hub in
            let id = try await hub.plan()
            _ = try await hub.post("/api/live-sessions/\(id)/join", as: .teacher)
            let question = try await post("why", kind: .question, as: .awa, in: id, hub)
            try await post("because", kind: .answer, replyTo: question.id, as: .teacher, in: id, hub)
            #expect(try await hub.delete("/api/live-sessions/\(id)", as: .teacher).status == 200)
            #expect(hub.published.signals == [.sessionGone(id)])
            #expect(try await hub.get("/api/live-sessions/\(id)/chat", as: .awa).status == 404)
        }
    }
}
