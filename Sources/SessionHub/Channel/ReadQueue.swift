import Database
import Synchronization
import WebSocketServer

/// One loop's reads of the store. What is asked while a read runs shares the next read transaction.
///
/// This is the counterpart of the journal's group commit. For each of a thousand hellos a transaction of its own and
/// two changes of threads cost as much as what they read (measured: a fifth of a join). May be used from any thread.
final class ReadQueue: Sendable {
    typealias Delivery = @Sendable (HubLoop, isolated EventLoop) -> Void

    struct Item: Sendable {
        /// Runs on a reader's thread; what it returns runs on the loop.
        let run: @Sendable (any SQLConnection) -> Delivery
        /// Called instead of `run` when the transaction could not be made.
        let fail: @Sendable (any Error) -> Delivery
    }

    private struct State: Sendable {
        var waiting: [Item] = []
        var isReading = false
    }

    /// Enough to make the transaction's own cost small, and few enough that the first need not wait long for the last.
    private static let batchLimit = 32

    private let database: any SQLDatabase
    private let state = Mutex(State())

    init(database: any SQLDatabase) { self.database = database }

    /// `deliver` brings deliveries to the loop, in the order of their items; it is called once for each batch.
    func submit(_ item: Item, deliver: @escaping @Sendable ([Delivery]) -> Void) {
        let starts = state.withLock { state in
            state.waiting.append(item)
            defer { state.isReading = true }
            return !state.isReading
        }
        guard starts else { return }
        Task {
            while let batch = nextBatch() { deliver(await read(batch)) }
        }
    }

    private func nextBatch() -> [Item]? {
        state.withLock { state in
            let batch = Array(state.waiting.prefix(Self.batchLimit))
            state.waiting.removeFirst(batch.count)
            state.isReading = !batch.isEmpty
            return batch.isEmpty ? nil : batch
        }
    }

    private func read(_ batch: [Item]) async -> [Delivery] {
        do {
            return try await database.read { connection in batch.map { $0.run(connection) } }
        } catch {
            return batch.map { $0.fail(error) }
        }
    }
}
