import Database
import Dispatch
import Synchronization

/// What was read, on its way from the thread that reads one database to the thread that writes the other. It holds
/// a few pages: whoever is faster waits for the other one.
final class PageQueue: Sendable {
    enum Item: Sendable {
        /// Rows of the table of that number, in the order of its columns.
        case page(table: Int, [SQLRow])
        /// Rows with a key and the value of a column that names a row which came later.
        case references(table: Int, column: String, [SQLRow])
        /// The table is read to its end. newest: the last number that its sequence gave, 0 when it has none.
        case end(table: Int, TableTally, newest: Int64)
    }

    private struct State {
        /// Oldest first.
        var items: [Item] = []
        var failure: (any Error)?
    }

    private let state = Mutex(State())
    private let free = DispatchSemaphore(value: 0)
    private let filled = DispatchSemaphore(value: 0)

    init(capacity: Int = 2) {
        // A semaphore that ends with less than it began with stops the process.
        for _ in 0..<capacity { free.signal() }
    }

    /// Waits for room. Throws what `fail` was told.
    func put(_ item: Item) throws {
        free.wait()
        try state.withLock { state in
            if let failure = state.failure { throw failure }
            state.items.append(item)
        }
        filled.signal()
    }

    /// The last item has been put.
    func finish() { filled.signal() }

    /// Waits for the next item: nil after the last one. Throws what `fail` was told.
    func next() throws -> Item? {
        filled.wait()
        let item = try state.withLock { state -> Item? in
            if let failure = state.failure { throw failure }
            return state.items.isEmpty ? nil : state.items.removeFirst()
        }
        free.signal()
        return item
    }

    /// Called by either side when it cannot go on: the other one gets the error instead of waiting. The first error
    /// stays.
    func fail(_ error: any Error) {
        state.withLock { $0.failure = $0.failure ?? error }
        free.signal()
        filled.signal()
    }
}
