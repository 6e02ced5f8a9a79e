import Database
import Synchronization
import TestSupport
import Testing

@testable import SessionHub

@Suite("Read queue")
struct ReadQueueTests {
    /// What was read, in the order read (the negative number for an item that failed), and the sizes of the batches.
    private func ask(_ count: Int, of database: any SQLDatabase) async -> (answers: [Int64], batches: [Int]) {
        let queue = ReadQueue(database: database)
        let answers = AnswerList()
        let (sizes, continuation) = AsyncStream<Int>.makeStream()
        for number in 1...Int64(count) {
            let item = ReadQueue.Item(
                run: { connection in
                    let row = try? connection.first("SELECT $1 * 10 AS n", [.integer(number)])
                    answers.add(row?.integer("n") ?? 0)
                    return { _, _ in }
                },
                fail: { _ in
                    answers.add(-number)
                    return { _, _ in }
                }
            )
            queue.submit(item) { continuation.yield($0.count) }
        }
        var batches: [Int] = []
        for await size in sizes {
            batches.append(size)
            if batches.reduce(0, +) >= count { break }
        }
        return (answers.all, batches)
    }

    @Test func `everything is answered once, in order, in transactions of at most 32`() async throws {
        try await Classroom.quiet { hub in
            let (answers, batches) = await ask(500, of: hub.application.database)
            #expect(answers == (1...500).map { $0 * 10 })
            #expect(batches.allSatisfy { 1...32 ~= $0 })
            #expect(batches.count < 500)
        }
    }

    @Test func `on a closed database everything fails`() async throws {
        try await Classroom.quiet { hub in
            try hub.application.database.close()
            let (answers, _) = await ask(40, of: hub.application.database)
            #expect(answers == (1...40).map { -$0 })
        }
    }
}

private final class AnswerList: Sendable {
    private let list = Mutex<[Int64]>([])
    var all: [Int64] { list.withLock { $0 } }
    func add(_ answer: Int64) { list.withLock { $0.append(answer) } }
}
