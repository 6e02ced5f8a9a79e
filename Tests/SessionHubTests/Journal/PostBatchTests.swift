import Database
import StrictJSON
import Synchronization
import TestSupport
import Testing

@testable import SessionHub

/// Posts that a batch carries out together, on a server; on a file each by itself. What comes of them is the same.
@Suite("Journal: posts of one batch", .timeLimit(.minutes(3)))
struct PostBatchTests {
    /// Counts, and refuses to write as often as it is told to.
    private final class Watched: Foresight {
        private let state: Mutex<(looks: [Int], writes: [Int], refusals: Int)>
        var looks: [Int] { state.withLock { $0.looks } }
        var writes: [Int] { state.withLock { $0.writes } }

        init(refusals: Int = 0) { state = Mutex(([], [], refusals)) }

        func look(for posts: [PostKey], in connection: any SQLConnection) throws -> () throws -> [SQLRow?] {
            state.withLock { $0.looks.append(posts.count) }
            return try ChatForesight().look(for: posts, in: connection)
        }

        func write(_ messages: [[SQLValue]], in connection: any SQLConnection) throws {
            let isRefused = state.withLock { state in
                state.writes.append(messages.count)
                state.refusals -= 1
                return state.refusals >= 0
            }
            // As the server would refuse one of them: after this nothing but a rollback is taken.
            if isRefused { try connection.execute("INSERT INTO hub (name, value) VALUES ('epoch', 'x')") }
            try ChatForesight().write(messages, in: connection)
        }
    }

    /// What people have said, as the journal keeps it, and what they were answered.
    private struct Class {
        let bench: JournalTests.Bench
        let room: TestCourse
        let foresight: Watched
        let answers = JournalTests.Answers()

        /// Queues a post, as the channel does.
        func post(
            _ clientID: String, by user: Int64? = nil, _ text: String = "Bonjour", kind: ChatContent.Kind = .text,
            to journal: Journal
        ) {
            let (session, user) = (room.session, user ?? room.student.id)
            let operations = ChatOperations(windows: bench.hub.application.configuration.windows)
            let post = ChatPost(clientID: clientID, kind: kind, text: text, replyTo: nil, isAnonymous: false)
            let caller = Caller(
                userID: user, role: .student, email: "", expiresAt: Timestamp(milliseconds: .max / 2))
            journal.submit(
                .session(session), post: PostKey(session: session, user: user, clientID: clientID)
            ) { transaction in
                if let known = try operations.posted(post, session: session, by: user, in: transaction) {
                    return known.seq
                }
                let access = try SessionAccess.load(session: session, for: caller, in: transaction)
                _ = try access.requireMember()
                return try operations.post(post, as: access, in: transaction).seq
            } completion: { [answers] in
                answers.add(clientID, $0)
            }
        }

        /// Queues a change of the class, which is no post.
        func set(_ assignment: String, in journal: Journal) {
            let session = room.session
            journal.submit(.session(session)) { transaction in
                try transaction.connection.execute(
                    "UPDATE live_sessions SET \(assignment) WHERE id = $1", [.integer(session)])
            } completion: { _ in
            }
        }

        func texts() async throws -> [String] {
            try await bench.hub.application.database.read { connection in
                try connection.query("SELECT message FROM live_session_chat ORDER BY seq").map { $0.text("message") }
            }
        }
    }

    private func inClass(
        students: Int = 3, refusals: Int = 0, _ body: (Class) async throws -> Void
    ) async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: students)
            let (recorder, foresight) = (JournalTests.Recorder(), Watched(refusals: refusals))
            let journal = Journal(
                database: hub.application.database, clock: hub.application.clock, publisher: recorder, reader: .hub,
                foresight: foresight, logger: TestHub.silence)
            let bench = JournalTests.Bench(hub: hub, session: room.session, journal: journal, recorder: recorder)
            try await body(Class(bench: bench, room: room, foresight: foresight))
        }
    }

    @Test func `they have one order without a hole, with what people wrote, and ids that go up`() async throws {
        try await inClass { it in
            let texts = ["a", #"{"b",\ NULL}"#, "", "NULL", "c\nd\te 👋", "$1 'x'"]
            try await it.bench.batch { journal in
                for (index, text) in texts.enumerated() {
                    it.post("c\(index),\"", by: it.room.students[index % 3].id, text, to: journal)
                }
            }
            let seqs = Array(Int64(2)...7)
            #expect(it.answers.list == seqs.enumerated().map { "c\($0),\" \($1)" })
            #expect(it.bench.recorder.commits == [seqs])
            #expect(try await it.texts() == texts)
            let journal = try await it.bench.hub.journal(it.room.session)
            #expect(journal.map(\.seq) == [1] + seqs)
            #expect(journal.dropFirst().map { $0.content["text"]?.stringValue } == texts)
            let ids = journal.dropFirst().compactMap { $0.content["id"]?.integerValue }
            #expect(ids.count == 6 && ids == ids.sorted() && Set(ids).count == 6)
            #expect(try await it.bench.hub.number("SELECT head_seq AS n FROM live_session_heads") == 7)
            #expect(it.foresight.looks == (TestDatabase.isServer ? [6] : []))
            #expect(it.foresight.writes == (TestDatabase.isServer ? [6] : []))
        }
    }

    @Test func `each sees what came before it in the batch`() async throws {
        try await inClass { it in
            try await it.bench.batch { journal in
                it.post("a", to: journal)
                // The same once more, and another's under the same client_id.
                it.post("a", "other words", to: journal)
                it.post("a", by: it.room.students[1].id, to: journal)
                it.post("b", by: it.room.outsider.id, to: journal)
                it.set("chat_mode = 'locked'", in: journal)
                it.post("c", to: journal)
                // What is known is answered before every rule.
                it.post("a", to: journal)
                it.post("d", by: it.room.teacher.id, to: journal)
                it.set("chat_mode = 'open'", in: journal)
                it.post("e", to: journal)
            }
            #expect(
                it.answers.list == [
                    "a 2", "a 2", "a 3", "b session_not_found", "c chat_locked", "a 2", "d 4", "e 5",
                ])
            #expect(it.bench.recorder.commits == [[2, 3, 4, 5]])
            #expect(try await it.texts() == ["Bonjour", "Bonjour", "Bonjour", "Bonjour"])
        }
    }

    @Test func `slow mode holds among the posts of one batch`() async throws {
        try await inClass { it in
            try await it.bench.batch { journal in
                it.set("slow_mode_seconds = 30", in: journal)
                for (clientID, student) in [("a", 0), ("b", 0), ("c", 1), ("d", 1), ("e", 2)] {
                    it.post(clientID, by: it.room.students[student].id, to: journal)
                }
            }
            #expect(it.answers.list == ["a 2", "b slow_mode", "c 3", "d slow_mode", "e 4"])
            // The class is asked about once; after that its posts ask for themselves.
            #expect(it.foresight.looks == (TestDatabase.isServer ? [5] : []))
            #expect(it.foresight.writes.isEmpty)
        }
    }

    @Test(.enabled(if: TestDatabase.isServer, "a file takes each by itself"))
    func `when they are refused together, each is carried out by itself`() async throws {
        try await inClass(refusals: 1) { it in
            try await it.bench.batch { journal in
                for clientID in ["a", "b", "c"] { it.post(clientID, to: journal) }
            }
            #expect(it.answers.list == ["a 2", "b 3", "c 4"])
            #expect(it.bench.recorder.commits == [[2, 3, 4]])
            #expect(it.foresight.writes == [3])
            #expect(it.bench.journal.isWritable)
            try await it.bench.batch { journal in it.post("d", to: journal) }
            #expect(it.answers.list.last == "d 5")
            #expect(it.foresight.writes == [3, 1])
        }
    }

    @Test(.enabled(if: TestDatabase.isServer, "a file takes each by itself"))
    func `events are not written behind a head that is elsewhere`() async throws {
        try await inClass { it in
            try await it.bench.batch { journal in it.post("a", to: journal) }
            let (database, session) = (it.bench.hub.application.database, it.room.session)
            let row: [SQLValue] = [
                .integer(session), 9, "chat.message", "{}", .integer(it.room.student.id), "all", 0,
            ]
            await #expect(throws: SQLError.self) {
                try await database.write { connection in
                    _ = try JournalStore.append([row], moving: [session: (from: 8, to: 9)], in: connection)
                }
            }
            try await it.bench.batch { journal in it.post("b", to: journal) }
            #expect(it.answers.list == ["a 2", "b 3"])
        }
    }

    /// The planner knows nothing of a table that is new; for a key it must not read the whole class all the same.
    @Test(.enabled(if: TestDatabase.isServer, "a file takes each by itself"))
    func `in a new database the key of a post is found by its index`() async throws {
        try await inClass { it in
            let rows = try await it.bench.hub.application.database.read { connection in
                try connection.query("EXPLAIN \(ChatForesight.look)", ["{1}", "{1}", "{a}"])
            }
            let plan = rows.map { $0.text("QUERY PLAN") }.joined(separator: "\n")
            #expect(plan.contains("live_session_chat_session_id_user_id_client_id_key"), "\(plan)")
            #expect(!plan.contains("live_session_chat_session_id_seq_key") && !plan.contains("Seq Scan"), "\(plan)")
        }
    }
}
