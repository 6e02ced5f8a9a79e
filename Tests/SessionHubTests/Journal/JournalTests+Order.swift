import Database
import Foundation
import StrictJSON
import Synchronization
import TestSupport
import Testing

@testable import SessionHub

/// The order of answers, events and commits.
extension JournalTests {
    @Test(TestDatabase.ofFiles)
    func `what is shown beside events comes after the commit, in its order, and nothing of a refused item`()
        async throws
    {
        try await bench { bench in
            try await bench.batch { journal in
                for (session, failure) in [(7, nil), (8, HubError(.forbidden)), (9, nil), (7, nil)]
                    as [(Int64, HubError?)]
                {
                    journal.submit { transaction in
                        transaction.show(HomeChange("test", in: session))
                        if let failure { throw failure }
                    } completion: { _ in
                    }
                }
            }
            #expect(bench.recorder.changes == [7, 9, 7])
            try await bench.setWritable(false)
            try await bench.batch { journal in
                journal.submit { transaction in
                    transaction.show(HomeChange("test", in: 7))
                } completion: { _ in
                }
            }
            #expect(bench.recorder.changes == [7, 9, 7])
            try await bench.setWritable(true)
        }
    }

    @Test func `answers and events come in the order of submission`() async throws {
        try await bench { bench in
            let answers = Answers()
            try await bench.batch { journal in
                for index in 0..<500 {
                    let (work, done) = bench.append("\(index)", answers: answers)
                    journal.submit(work, completion: done)
                }
            }
            #expect(answers.list == (0..<500).map { "\($0) \($0 + 1)" })
            #expect(bench.recorder.commits == [Array(1...500)])
        }
    }

    @Test func `items from many threads get seqs without a hole`() async throws {
        try await bench { bench in
            let (journal, session) = (bench.journal, bench.session)
            let seqs = try await withThrowingTaskGroup(of: Int64.self) { group in
                for index in 0..<200 {
                    group.addTask {
                        try await journal.write { transaction in
                            try transaction.append(
                                .sessionUpdated, to: session, payload: ["n": .integer(Int64(index))], by: nil
                            ).seq
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(seqs.sorted() == Array(1...200))
            #expect(bench.recorder.commits.flatMap(\.self) == Array(1...200))
        }
    }

    @Test func `an item that takes a place and puts no event there is refused, and the order has no hole`() async throws
    {
        try await bench { bench in
            let session = bench.session
            await #expect(throws: HubError(.internal)) {
                try await bench.journal.write { _ = try $0.place(in: session) }
            }
            let seq = try await bench.journal.write { try $0.append(.sessionUpdated, to: session, by: nil).seq }
            #expect(seq == 1)
        }
    }

    @Test func `an event of a session that does not exist is refused`() async throws {
        try await bench { bench in
            await #expect(throws: HubError(.sessionNotFound)) {
                try await bench.journal.write { transaction in
                    _ = try transaction.append(.sessionUpdated, to: 4711, by: nil)
                }
            }
        }
    }

    @Test func `nothing is answered or published before its commit`() async throws {
        try await bench { bench in
            let database = bench.hub.application.database
            let session = bench.session
            let stored = try await withThrowingTaskGroup(of: Int64.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        let seq = try await bench.journal.write {
                            try $0.append(.sessionUpdated, to: session, by: nil).seq
                        }
                        // Another connection, another snapshot: it sees only what is committed.
                        return try await database.read { connection in
                            try connection.first(
                                "SELECT COUNT(*) AS n FROM live_session_events WHERE session_id = $1 AND seq = $2",
                                [.integer(session), .integer(seq)]
                            )?.integer("n") ?? 0
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(stored == Array(repeating: 1, count: 20))
        }
    }
}
