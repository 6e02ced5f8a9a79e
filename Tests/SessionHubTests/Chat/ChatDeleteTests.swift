import Database
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

@Suite("Channel: chat.delete", .timeLimit(.minutes(3)))
struct ChatDeleteTests {
    private static let words = "a sentence that nobody should read any more"

    @Test func `the author and every host may delete, others may not`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 2)
            let (author, _) = try await hub.join(room.session, as: room.students[0])
            let (neighbour, _) = try await hub.join(room.session, as: room.students[1])
            let (assistant, _) = try await hub.join(room.session, as: room.assistant)
            let first = try await author.say("one", clientID: "1")
            let second = try await author.say("two", clientID: "2")
            let refused = try await neighbour.refusal("chat.delete", ["id": first["id"] ?? .null])
            #expect(refused["code"] == "forbidden")
            #expect(try await author.ok("chat.delete", ["id": first["id"] ?? .null])["seq"] == 4)
            #expect(try await assistant.ok("chat.delete", ["id": second["id"] ?? .null])["seq"] == 5)
            let events = try await neighbour.events(through: 5).suffix(2)
            #expect(
                events.map { $0["by"] }
                    == [room.students[0].shown(as: "participant"), room.assistant.shown(as: "moderator")]
            )
            #expect(events.map { $0["id"] } == [first["id"], second["id"]])
        }
    }

    @Test func `deleting twice writes no second event`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let (client, _) = try await hub.join(room.session, as: room.student)
            let message = try await client.say("one", clientID: "1")
            let first = try await client.ok("chat.delete", ["id": message["id"] ?? .null])
            _ = try await client.ok("chat.delete", ["id": message["id"] ?? .null])
            #expect(first["seq"] == 3)
            #expect(try await hub.journal(room.session).count == 3)
        }
    }

    @Test func `a message of another session, or of none, is not found`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let other = try await hub.session(course: room.course)
            let (elsewhere, _) = try await hub.join(other, as: room.teacher)
            let foreign = try await elsewhere.say("foreign", clientID: "f")
            let (teacher, _) = try await hub.join(room.session, as: room.teacher)
            for id in [foreign["id"] ?? .null, 4711] as [JSON] {
                #expect(try await teacher.refusal("chat.delete", ["id": id])["code"] == "message_not_found")
            }
            for id in [.null, "1", 0, -3, 1.5, [1], true] as [JSON] {
                let error = try await teacher.refusal("chat.delete", ["id": id])
                #expect(error["code"] == "invalid_field")
                #expect(error["field"] == "id")
            }
            #expect(try await hub.number("SELECT COUNT(*) AS n FROM live_session_chat WHERE message IS NULL") == 0)
        }
    }

    // MARK: - Tombstones

    @Test(arguments: [1, 2])
    func `a deleted text is nowhere: resume, history, welcome and REST read a tombstone`(loops: Int) async throws {
        try await TestHub.with({ $0.loops = loops }) { hub in
            let room = try await hub.testCourse(students: 2)
            let (author, welcome) = try await hub.join(room.session, as: room.students[0])
            let epoch = try #require(welcome["epoch"]?.stringValue)
            let (reader, _) = try await hub.join(room.session, as: room.students[1])
            let message = try await author.say(Self.words, clientID: "secret")
            #expect(try await reader.events(through: 2).last?["text"]?.stringValue == Self.words)
            _ = try await author.ok("chat.delete", ["id": message["id"] ?? .null])
            _ = try await reader.events(through: 3)

            var tombstone = JSONObject([("seq", 2), ("type", "chat.message")])
            tombstone["user"] = room.students[0].shown(as: "participant")
            tombstone["id"] = message["id"]
            tombstone["kind"] = "text"
            tombstone["deleted"] = true
            let resumed = try await hub.join(room.session, as: room.students[1], resume: (seq: 1, epoch: epoch)).welcome
            let fresh = try await hub.join(room.session, as: room.students[1]).welcome
            let history = try await reader.ok("history", ["after_seq": 1])
            let path = "/api/live-sessions/\(room.session)"
            let events = try await hub.expectOK("GET", "\(path)/events?after_seq=1", token: room.teacher.token)
            for page in [resumed, fresh, history, events] {
                let read = try #require(page["events"]?.arrayValue?.first { $0["seq"] == 2 }?.objectValue)
                tombstone["at"] = read["at"]
                #expect(JSON.object(read) == .object(tombstone))
                #expect(!page.text.contains(Self.words))
            }
            let chat = try await hub.expectOK("GET", "\(path)/chat", token: room.teacher.token)
            #expect(!chat.text.contains(Self.words))
        }
    }

    @Test(TestDatabase.ofFiles) func `a deleted text is gone from the database, its log and the journal's payloads`()
        async throws
    {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let (author, _) = try await hub.join(room.session, as: room.student)
            let message = try await author.say(Self.words, clientID: "secret")
            _ = try await author.ok("chat.delete", ["id": message["id"] ?? .null])
            #expect(
                try await hub.number(
                    "SELECT COUNT(*) AS n FROM live_session_chat WHERE message IS NULL AND deleted_at IS NOT NULL"
                ) == 1
            )
            #expect(
                try await hub.number(
                    "SELECT COUNT(*) AS n FROM live_session_events WHERE payload LIKE $1", [.text("%\(Self.words)%")]
                ) == 0
            )
            await hub.stop()
            // The write-ahead log is gone with a clean stop, and secure_delete overwrites the row's old bytes.
            let text = Array(Self.words.utf8)
            let bytes = try hub.folder.bytes(ofFilesNamed: "amphi.db")
            #expect(!bytes.containsRun(text))
            #expect(bytes.containsRun(Array("chat.deleted".utf8)))
        }
    }

    @Test func `a reader who was behind when the text was deleted never gets it`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let (teacher, _) = try await hub.join(room.session, as: room.teacher)
            let (slow, _) = try await hub.join(room.session, as: room.student, receiveBuffer: 4096)
            // More than the kernel takes for somebody who does not read.
            try await hub.append(300, to: room.session, note: String(repeating: "x", count: 20_000))
            let secret = try await teacher.say(Self.words, clientID: "secret")
            let deleted = try await teacher.ok("chat.delete", ["id": secret["id"] ?? .null])
            let events = try await slow.events(through: try #require(deleted["seq"]?.integerValue))
            #expect(events.seqs == Array(2...303))
            // What the kernel had not taken when the text went must not hold it. (Bytes on the way cannot be called
            // back.)
            #expect(events.last?["type"] == "chat.deleted")
            #expect(!JSON.array(events).text.contains(Self.words))
        }
    }
}

extension [UInt8] {
    /// Whether these bytes stand somewhere inside.
    func containsRun(_ run: [UInt8]) -> Bool {
        guard let first = run.first, count >= run.count else { return false }
        return indices.dropLast(run.count - 1).contains { start in
            self[start] == first && self[start..<start + run.count].elementsEqual(run)
        }
    }
}
