import Database
import Foundation
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// A writer that does not come back, and what waits for it.
extension JournalTests {
    /// Looks, as a loop does, until the writer was given up.
    private func giveUp(_ journal: Journal) async throws {
        journal.hurry()
        while !journal.isStalled {
            journal.review()
            await Task.yield()
        }
    }

    // Found from outside, no. 5
    @Test(TestDatabase.ofFiles)
    func `who waits for a stuck writer is refused, and what is committed after all is published`() async throws {
        try await bench { bench in
            let (answers, late) = (Answers(), Answers())
            let gate = DispatchSemaphore(value: 0)
            let (journal, session) = (bench.journal, bench.session)
            // Stuck in the middle of its batch.
            let (starts, begun) = AsyncStream<Void>.makeStream()
            journal.submit { transaction in
                begun.finish()
                let seq = try transaction.append(.sessionUpdated, to: session, by: nil).seq
                gate.wait()
                return seq
            } late: {
                late.add("first", .success($0))
            } completion: {
                answers.add("first", $0)
            }
            let (second, secondDone) = bench.append("second", answers: answers)
            for await _ in starts {}
            journal.submit(second, completion: secondDone)
            try await giveUp(journal)
            #expect(answers.list == ["first store_unavailable", "second store_unavailable"])
            #expect(!journal.isWritable && bench.recorder.signals == [.storeWritable(false)])
            // Whoever comes now does not wait, and leaves nothing behind; what is owed stays.
            let (third, thirdDone) = bench.append("third", answers: answers)
            journal.submit(third, completion: thirdDone)
            #expect(answers.list.last == "third store_unavailable")
            bench.owe("owed")
            gate.signal()
            try? await journal.write { _ in }
            while !journal.isWritable || journal.owed > 0 { try? await journal.write { _ in } }
            #expect(late.list.first == "first 1" && answers.list.count == 3, "\(late.list) \(answers.list)")
            #expect(bench.recorder.signals == [.storeWritable(false), .storeWritable(true)])
            let titles = try await bench.titles()
            #expect(titles.first == .some(nil) && titles.last == "owed" && titles.count == 2)
            #expect(bench.recorder.commits == [[1], [2]])
        }
    }

    @Test(TestDatabase.ofFiles)
    func `what was refused before its turn came is not done late, and what is owed is`() async throws {
        try await bench { bench in
            let journal = bench.journal
            // Another process has the file.
            let other = try SQLiteDatabase(
                path: bench.hub.application.configuration.database, readers: 1, logger: TestHub.silence)
            let gate = DispatchSemaphore(value: 0)
            let (starts, begun) = AsyncStream<Void>.makeStream()
            other.withWriter { connection in
                try? connection.begin()
                begun.finish()
                gate.wait()
                connection.rollBack()
            }
            for await _ in starts {}
            let answers = Answers()
            bench.owe("owed")
            let (first, done) = bench.append("first", answers: answers)
            journal.submit(first, completion: done)
            try await giveUp(journal)
            #expect(answers.list == ["first store_unavailable"])
            gate.signal()
            while !journal.isWritable || journal.owed > 0 { try? await journal.write { _ in } }
            #expect(try await bench.titles() == ["owed"])
            #expect(bench.recorder.commits == [[1]])
            try other.close()
        }
    }

    // Found from outside, no. 5
    @Test func `what waits is bounded in bytes`() async throws {
        try await bench { bench in
            let gate = DispatchSemaphore(value: 0)
            bench.hub.application.database.withWriter { _ in gate.wait() }
            let answers = Answers()
            for index in 0..<100 {
                bench.journal.submit(bytes: 1 << 20) { _ in
                    Int64(index)
                } completion: {
                    answers.add("\(index)", $0)
                }
            }
            let refused = answers.list
            #expect((80..<100).contains(refused.count) && refused.allSatisfy { $0.hasSuffix("store_unavailable") })
            gate.signal()
            try await bench.batch { _ in }
            #expect(answers.list.count == 100)
            try await bench.journal.write { _ in }
        }
    }
}
