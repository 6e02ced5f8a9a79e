import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// GET chat, events and presence: what was said and done on the channel, read over REST.
@Suite("The record of a class over REST", .timeLimit(.minutes(5)))
struct ClassRecordTests {
    private static func message(
        _ id: Int64, _ session: Int64, seq: Int64, _ person: Someone, _ text: String, kind: String = "text"
    ) -> JSONObject {
        [
            "id": .integer(id), "session_id": .integer(session), "seq": .integer(seq), "user_id": .integer(person.id),
            "user": person.json, "message": .string(text), "message_type": .string(kind), "reply_to": nil, "state": nil,
            "votes": 0, "is_anonymous": false, "created_at": "2026-03-15T09:00:00Z", "deleted_at": nil,
            "client_id": .string("client-\(seq)"),
        ]
    }

    /// A live class (seq 1) with a message (2), an anonymous question (3), its answer (4) and a deleted message (5, 6).
    private static func conversation(_ room: Classroom) async throws -> Int64 {
        let session = try await room.live()
        let awa = try await room.enter(session, .awa).client
        let teacher = try await room.enter(session, .teacher).client
        let koffi = try await room.enter(session, .koffi).client
        _ = try await awa.ok("chat.post", ["client_id": "client-2", "text": "Bonjour"])
        let question = try await awa.ok(
            "chat.post", ["client_id": "client-3", "text": "Pourquoi ?", "kind": "question", "anonymous": true]
        )
        // A classmate's: that of a host would settle the question, by an event of its own.
        _ = try await koffi.ok(
            "chat.post",
            ["client_id": "client-4", "text": "Parce que.", "kind": "answer", "reply_to": question["id"] ?? nil]
        )
        let slip = try await awa.ok("chat.post", ["client_id": "client-5", "text": "oups"])
        _ = try await teacher.ok("chat.delete", ["id": slip["id"] ?? nil])
        try await awa.close()
        try await teacher.close()
        return session
    }

    @Test func `the chat has every message in order, a deleted one without its text`() async throws {
        try await Classroom.with { room in
            let session = try await Self.conversation(room)
            var question = Self.message(2, session, seq: 3, .awa, "Pourquoi ?", kind: "question")
            question["is_anonymous"] = true
            question["user"] = .null
            question["user_id"] = .null
            question["state"] = "open"
            var answer = Self.message(3, session, seq: 4, .koffi, "Parce que.", kind: "answer")
            answer["reply_to"] = 2
            var deleted = Self.message(4, session, seq: 5, .awa, "")
            deleted["message"] = .null
            deleted["client_id"] = nil
            deleted["deleted_at"] = "2026-03-15T09:00:00Z"
            let messages = [Self.message(1, session, seq: 2, .awa, "Bonjour"), question, answer, deleted]
            expectData(
                try await room.get("/api/live-sessions/\(session)/chat", as: .koffi),
                ["messages": .array(messages.map { .object($0) }), "more": false, "seq": 6]
            )
        }
    }

    @Test func `who asked an anonymous question only that person sees`() async throws {
        try await Classroom.with { room in
            let session = try await Self.conversation(room)
            let path = "/api/live-sessions/\(session)/chat?type=question"
            for person in [Someone.koffi, .teacher, .assistant, .admin] {
                let messages = try data(await room.get(path, as: person))["messages"]?.arrayValue
                #expect(messages?.map { $0["user"] } == [.null], "\(person)")
                #expect(messages?.map { $0["user_id"] } == [.null], "\(person)")
            }
            let own = try data(await room.get(path, as: .awa))["messages"]?.arrayValue
            #expect(own?.map { $0["user"] } == [Someone.awa.json])
        }
    }

    /// A query of the chat: the seqs of the answer, and whether there are more.
    private static let windows: [(String, [Int64], Bool)] = [
        ("", [2, 3, 4, 5], false), ("limit=2", [4, 5], true), ("limit=4", [2, 3, 4, 5], false),
        ("before_seq=4", [2, 3], false), ("before_seq=4&limit=1", [3], true), ("after_seq=2", [3, 4, 5], false),
        ("after_seq=2&limit=2", [3, 4], true), ("after_seq=0&limit=1", [2], true), ("after_seq=6", [], false),
        ("after_seq=2&before_seq=5", [3, 4], false), ("type=text", [2, 5], false), ("type=answer", [4], false),
    ]

    @Test func `the chat comes in windows, always ascending`() async throws {
        try await Classroom.with { room in
            let session = try await Self.conversation(room)
            for (query, seqs, more) in Self.windows {
                let answer = try data(await room.get("/api/live-sessions/\(session)/chat?\(query)", as: .koffi))
                #expect(answer["messages"]?.arrayValue?.compactMap { $0["seq"]?.integerValue } == seqs, "\(query)")
                #expect(answer["more"] == .bool(more), "\(query)")
                #expect(answer["seq"] == 6)
            }
        }
    }

    @Test func `the journal has every event, with the position to go on from`() async throws {
        try await Classroom.with { room in
            let session = try await Self.conversation(room)
            let path = "/api/live-sessions/\(session)/events"
            let answer = try data(await room.get(path, as: .koffi))
            let (awa, teacher) = (Someone.awa.actor("participant"), Someone.teacher.actor("instructor"))
            let koffi = Someone.koffi.actor("participant")
            let at: JSON = "2026-03-15T09:00:00Z"
            let expected: [JSON] = [
                ["seq": 1, "type": "session.started", "at": at, "actual_start_at": at, "by": teacher],
                [
                    "seq": 2, "type": "chat.message", "at": at, "id": 1, "user": awa, "kind": "text", "text": "Bonjour",
                    "client_id": "client-2",
                ],
                [
                    "seq": 3, "type": "chat.message", "at": at, "state": "open", "id": 2, "user": nil,
                    "kind": "question",
                    "text": "Pourquoi ?", "client_id": "client-3", "anonymous": true,
                ],
                [
                    "seq": 4, "type": "chat.message", "at": at, "id": 3, "user": koffi, "kind": "answer",
                    "text": "Parce que.", "client_id": "client-4", "reply_to": 2,
                ],
                ["seq": 5, "type": "chat.message", "at": at, "id": 4, "user": awa, "kind": "text", "deleted": true],
            ]
            #expect(answer["events"]?.arrayValue?.prefix(5) == expected[...])
            let last = try #require(answer["events"]?.arrayValue?.last)
            #expect(
                last.without("message_seq") == ["seq": 6, "type": "chat.deleted", "at": at, "id": 4, "by": teacher])
            #expect(answer.without("events") == ["more": false, "seq": 6])
            var (seen, position): ([Int64], Int64) = ([], 0)
            repeat {
                let page = try data(await room.get("\(path)?after_seq=\(position)&limit=4", as: .koffi))
                seen += page["events"]?.arrayValue?.compactMap { $0["seq"]?.integerValue } ?? []
                position = page["seq"]?.integerValue ?? 0
                if page["more"] == false { break }
            } while seen.count < 10
            #expect(seen == [1, 2, 3, 4, 5, 6])
            #expect(
                try data(await room.get("\(path)?after_seq=6", as: .koffi)) == ["events": [], "more": false, "seq": 6])
        }
    }

    @Test(arguments: [
        ("chat", "limit=0", "limit"), ("chat", "limit=-1", "limit"), ("chat", "limit=x", "limit"),
        ("chat", "after_seq=-1", "after_seq"), ("chat", "after_seq=x", "after_seq"),
        ("chat", "before_seq=0", "before_seq"),
        ("chat", "type=picture", "type"), ("events", "limit=0", "limit"), ("events", "limit=1e2", "limit"),
        ("events", "after_seq=1.5", "after_seq"), ("presence", "page=0", "page"), ("presence", "limit=x", "limit"),
    ])
    func `a query that cannot be used is refused with its field`(
        route: String, query: String, field: String
    ) async throws {
        try await Classroom.with { room in
            let session = try await room.schedule()
            let response = try await room.get("/api/live-sessions/\(session)/\(route)?\(query)", as: .awa)
            expectRefusal(response, 400, .invalidField, field: field)
        }
    }

    @Test func `presence is who is on the channel, by page, and not who joined over REST only`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let path = "/api/live-sessions/\(session)/presence"
            try await room.join(session, .koffi)
            expectData(
                try await room.get(path, as: .awa), ["version": 0, "count": 0, "people": []],
                pagination: ["page": 1, "limit": 20, "total": 0, "pages": 0]
            )
            let awa = try await room.enter(session, .awa).client
            let teacher = try await room.enter(session, .teacher).client
            let everybody = try data(await room.get(path, as: .koffi))
            #expect(
                everybody.without("version")
                    == ["count": 2, "people": [Someone.teacher.actor("instructor"), Someone.awa.actor("participant")]]
            )
            let second = try await room.get("\(path)?limit=1&page=2", as: .koffi)
            #expect(try data(second)["people"] == [Someone.awa.actor("participant")])
            #expect(second.json["pagination"] == ["page": 2, "limit": 1, "total": 2, "pages": 2])
            try await awa.close()
            try await teacher.close()
        }
    }
}
