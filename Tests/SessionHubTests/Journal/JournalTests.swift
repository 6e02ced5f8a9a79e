import Database
import Foundation
import StrictJSON
import Synchronization
import TestSupport
import Testing

@testable import SessionHub

/// Drives the journal directly; the writer is held while items queue up, so that they form one batch.
@Suite("Journal: group commit", .timeLimit(.minutes(3)))
struct JournalTests {
    /// Remembers what was published: the events with one entry per commit, and the signals.
    final class Recorder: JournalPublisher {
        private let state = Mutex<(commits: [[Int64]], signals: [HubSignal], changes: [Int64])>(([], [], []))
        var commits: [[Int64]] { state.withLock { $0.commits } }
        var signals: [HubSignal] { state.withLock { $0.signals } }
        /// The sessions in whose homes something was to be changed.
        var changes: [Int64] { state.withLock { $0.changes } }
        func publish(_ events: [ServerEvent], _ signals: [HubSignal], _ changes: [HomeChange]) {
            state.withLock { state in
                if !events.isEmpty { state.commits.append(events.map(\.seq)) }
                state.signals += signals
                state.changes += changes.map(\.session)
            }
        }
    }

    struct Bench {
        let hub: TestHub
        let session: Int64
        let journal: Journal
        let recorder: Recorder

        /// Queues everything while the writer waits, then lets it go and waits for the last answer.
        func batch(_ submit: (Journal) -> Void) async throws {
            let gate = DispatchSemaphore(value: 0)
            hub.application.database.withWriter { _ in gate.wait() }
            submit(journal)
            gate.signal()
            // Answered behind everything else; a failed batch takes it along.
            try? await journal.write { _ in }
            // Publishing comes after the answers, in the same turn on the writer's queue.
            let database = hub.application.database
            await withCheckedContinuation { continuation in database.withWriter { _ in continuation.resume() } }
        }

        /// From here on every write fails, as on a disk that takes nothing, or works again.
        func setWritable(_ isWritable: Bool) async throws {
            let value = isWritable ? "OFF" : "ON"
            let result: Result<Int, any Error> = await withCheckedContinuation { continuation in
                hub.application.database.withWriter { connection in
                    continuation.resume(
                        returning: Result { try connection.execute("PRAGMA query_only = \(value)", []) })
                }
            }
            _ = try result.get()
        }

        func owe(_ note: String, then failure: HubError? = nil) {
            let (work, _) = append(note, answers: Answers()) { _ in if let failure { throw failure } }
            journal.owe { _ = try work($0) }
        }

        /// Nothing was published and nothing is left of what has failed, and the next item is the first.
        func expectNothing(_ answers: Answers) async throws {
            #expect(recorder.commits.isEmpty)
            #expect(try await hub.journal(session).isEmpty)
            let (again, done) = append("again", answers: answers)
            try await batch { $0.submit(again, completion: done) }
            #expect(answers.list.last == "again 1")
            #expect(journal.isWritable)
        }

        func titles() async throws -> [JSON?] {
            try await hub.journal(session).map { $0.payload["changes"]?["title"] }
        }

        /// An item for the journal, and what hears its answer.
        func append(
            _ note: String, answers: Answers,
            then more: @escaping @Sendable (JournalTransaction) throws -> Void = { _ in }
        ) -> (@Sendable (JournalTransaction) throws -> Int64, @Sendable (Result<Int64, HubError>) -> Void) {
            let session = session
            return (
                { transaction in
                    let event = try transaction.append(
                        .sessionUpdated, to: session, payload: ["changes": ["title": .string(note)]], by: nil
                    )
                    try more(transaction)
                    return event.seq
                },
                { answers.add(note, $0) }
            )
        }
    }

    /// The callbacks' results, in the order in which they ran.
    final class Answers: Sendable {
        private let state = Mutex<[String]>([])
        var list: [String] { state.withLock { $0 } }
        func add(_ note: String, _ result: Result<Int64, HubError>) {
            state.withLock { list in
                switch result {
                case .success(let seq): list.append("\(note) \(seq)")
                case .failure(let error): list.append("\(note) \(error.code.rawValue)")
                }
            }
        }
    }

    func bench(_ body: (Bench) async throws -> Void) async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1, isLive: false)
            let recorder = Recorder()
            let application = hub.application
            let journal = Journal(
                database: application.database, clock: application.clock, publisher: recorder, reader: .hub,
                logger: TestHub.silence
            )
            try await body(Bench(hub: hub, session: room.session, journal: journal, recorder: recorder))
        }
    }

    @Test func `a refused item refuses nobody else and leaves nothing behind`() async throws {
        try await bench { bench in
            let answers = Answers()
            try await bench.batch { journal in
                for (note, failure) in [
                    ("a", nil), ("b", HubError(.chatDisabled)), ("c", nil), ("d", HubError(.forbidden)), ("e", nil),
                ] as [(String, HubError?)] {
                    let (work, done) = bench.append(note, answers: answers) { _ in if let failure { throw failure } }
                    journal.submit(work, completion: done)
                }
            }
            #expect(answers.list == ["a 1", "b chat_disabled", "c 2", "d forbidden", "e 3"])
            // One commit, without a hole, and without what was refused.
            #expect(bench.recorder.commits == [[1, 2, 3]])
            let titles = try await bench.hub.journal(bench.session).map { $0.payload["changes"]?["title"] }
            #expect(titles == ["a", "c", "e"])
        }
    }

    @Test(TestDatabase.ofFiles) func `an item that breaks a constraint is an internal error for itself alone`()
        async throws
    {
        try await bench { bench in
            let answers = Answers()
            try await bench.batch { journal in
                for note in ["a", "b", "c"] {
                    let (work, done) = bench.append(note, answers: answers) { transaction in
                        guard note == "b" else { return }
                        try transaction.connection.execute("UPDATE live_sessions SET status = 'nonsense' WHERE id = 1")
                    }
                    journal.submit(work, completion: done)
                }
            }
            #expect(answers.list == ["a 1", "b internal", "c 2"])
            #expect(bench.journal.isWritable)
        }
    }

    @Test(TestDatabase.ofFiles, arguments: [false, true])
    func `a rollback by SQLite itself fails the whole batch, and the next one works`(swallows: Bool) async throws {
        try await bench { bench in
            let answers = Answers()
            try await bench.batch { journal in
                let (first, firstDone) = bench.append("a", answers: answers)
                journal.submit(first, completion: firstDone)
                let (second, secondDone) = bench.append("b", answers: answers)
                journal.submit(
                    { transaction in
                        // As on a full disk or an I/O error: the statement's failure takes the transaction with it.
                        let statement = "INSERT OR ROLLBACK INTO hub (name, value) VALUES ('epoch', 'x')"
                        do {
                            try transaction.connection.execute(statement, [])
                        } catch {
                            if !swallows { throw error }
                        }
                        return try second(transaction)
                    }, completion: secondDone
                )
                let (third, thirdDone) = bench.append("c", answers: answers)
                journal.submit(third, completion: thirdDone)
            }
            #expect(answers.list.allSatisfy { $0.hasSuffix("store_unavailable") })
            #expect(answers.list.count == 3)
            try await bench.expectNothing(answers)
        }
    }

    @Test(TestDatabase.ofFiles) func `a commit that fails answers everybody so, publishes nothing and leaves nothing`()
        async throws
    {
        try await bench { bench in
            let answers = Answers()
            try await bench.batch { journal in
                for note in ["a", "b", "c"] {
                    let (work, done) = bench.append(note, answers: answers) { transaction in
                        guard note == "b" else { return }
                        // Every statement succeeds, only COMMIT cannot.
                        try transaction.connection.execute("PRAGMA defer_foreign_keys = ON")
                        try transaction.connection.execute(
                            "INSERT INTO enrollments (user_id, course_id, created_at, updated_at) VALUES (999999, 1, 0, 0)"
                        )
                    }
                    journal.submit(work, completion: done)
                }
            }
            #expect(answers.list == ["a store_unavailable", "b store_unavailable", "c store_unavailable"])
            try await bench.expectNothing(answers)
        }
    }

    @Test(TestDatabase.ofFiles)
    func `what is owed is kept while nothing can be written, and then comes first and in order`() async throws {
        try await bench { bench in
            let answers = Answers()
            try await bench.setWritable(false)
            for note in ["b", "d"] {
                bench.owe("before \(note)")
                let (work, done) = bench.append(note, answers: answers)
                try await bench.batch { $0.submit(work, completion: done) }
            }
            bench.owe("alone")
            #expect(answers.list == ["b store_unavailable", "d store_unavailable"])
            #expect(bench.journal.owed == 3)
            try await bench.setWritable(true)
            let (work, done) = bench.append("e", answers: answers)
            try await bench.batch { $0.submit(work, completion: done) }
            #expect(answers.list.last == "e 4")
            #expect(bench.journal.owed == 0)
            #expect(bench.recorder.commits == [[1, 2, 3, 4]])
            #expect(try await bench.titles() == ["before b", "before d", "alone", "e"])
        }
    }

    @Test func `what is owed and cannot be is dropped, and holds up nothing`() async throws {
        try await bench { bench in
            try await bench.batch { _ in
                bench.owe("a")
                bench.owe("b", then: HubError(.sessionNotFound))
                bench.owe("c")
            }
            #expect(bench.journal.owed == 0 && bench.journal.isWritable)
            #expect(try await bench.titles() == ["a", "c"])
        }
    }

    @Test(TestDatabase.ofFiles) func `a commit of nothing ends no outage`() async throws {
        try await bench { bench in
            let answers = Answers()
            try await bench.setWritable(false)
            let (work, done) = bench.append("a", answers: answers)
            try await bench.batch { $0.submit(work, completion: done) }
            // SQLite commits it, because there is nothing to write.
            await #expect(throws: HubError(.storeUnavailable, retryAfter: 1000)) {
                try await bench.journal.write { _ in }
            }
            #expect(!bench.journal.isWritable && !bench.journal.hasWritten(within: 60_000))
            #expect(bench.recorder.signals == [.storeWritable(false)])
            try await bench.setWritable(true)
            try await bench.batch { _ in }
            #expect(bench.journal.isWritable && bench.journal.hasWritten(within: 60_000))
            #expect(bench.recorder.signals == [.storeWritable(false), .storeWritable(true)])
        }
    }
}
