#if PostgreSQL
package import Database
import Dispatch
import Foundation
package import Logging
import Synchronization

/// PostgreSQL 15 or newer, on libpq: one connection that writes, and some that read.
///
/// Several processes may write to one database: each transaction that writes takes the same lock first, so that there
/// is one writer at a time in the whole database, as with SQLite. A connection that breaks is made anew by the next
/// transaction; what ran on it fails with `unavailable`.
package final class PostgresDatabase: SharedDatabase {
    private let writer: Workers
    private let readers: Workers
    private let hints: Hints
    private let logger: Logger
    private let patience = Patience()
    private let count = ConnectionCount()
    private let isClosing = Atomic(false)

    /// How long `close` waits for a server that says nothing.
    private static let patienceAtClose: Duration = .seconds(30)

    /// Connects, and refuses a server that is not set as it must be.
    ///
    /// - Parameters:
    ///   - url: as libpq takes it, for example `postgres://amphi@db1,db2/amphi`. Off this machine TLS with a verified
    ///     certificate is the default. The password may be in it, or in PGPASSFILE.
    ///   - readers: how many reads may run at once, at least 1.
    ///   - application: how the server calls the connections, for example "amphi/north".
    ///   - allowsUnsafeSettings: takes a server that may lose commits (fsync or synchronous_commit off), for tests.
    /// - Throws: `unavailable` when no server answers; `misuse` with a sentence of what to change in the URL or on the
    ///   server. Neither names the password.
    package init(
        url: String, readers: Int, application: String, allowsUnsafeSettings: Bool = false, logger: Logger
    ) throws(SQLError) {
        let address = try PostgresAddress(url, application: application)
        let listening = try PostgresAddress(url, application: "\(application)/listen")
        let settings = ServerSettings(allowsUnsafe: allowsUnsafeSettings)
        self.logger = logger
        let (patience, count) = (patience, count)
        writer = Workers("amphi.writer", 1) { PostgresSession(.writer, address, settings, patience, count, logger) }
        self.readers = Workers("amphi.reader", max(1, readers)) {
            PostgresSession(.reader, address, settings, patience, count, logger)
        }
        // Nothing of the data is read here.
        hints = Hints(logger) {
            PostgresSession(.reader, listening, settings, patience, ConnectionCount(), logger)
        }
        let connected = Mutex<Result<Void, SQLError>>(.success(()))
        let isDone = DispatchSemaphore(value: 0)
        _ = writer.run { session in
            let result = Result { () throws(SQLError) in _ = try session.connected() }
            connected.withLock { $0 = result }
            isDone.signal()
        }
        isDone.wait()
        do {
            try connected.withLock { $0 }.get()
        } catch {
            writer.finish()
            self.readers.finish()
            hints.finish()
            throw error
        }
    }

    package func tell(_ hint: String) { hints.tell(hint) }

    package func hear(_ body: @escaping @Sendable (String?) -> Void) { hints.hear(body) }

    package var connectionCount: Int { count.value }

    package func hearAnew() { hints.hearAnew() }

    @discardableResult
    package func read<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> T
    ) async throws -> T {
        try checkOpen()
        return try await withCheckedThrowingContinuation { continuation in
            let isTaken = readers.run { session in
                let access = PostgresAccess(session)
                session.beginRead()
                let result = Result { try body(access) }
                access.invalidate()
                continuation.resume(with: result)
                session.endRead()
            }
            if !isTaken { continuation.resume(throwing: SQLError.closed) }
        }
    }

    @discardableResult
    package func write<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> T
    ) async throws -> T {
        try await onWriter { access in try access.transaction { try body($0) } }
    }

    package func withWriter(_ body: @escaping @Sendable (any SQLConnection) -> Void) {
        let isTaken = writer.run { [self] session in use(session, body) }
        // Never on the caller's thread.
        if !isTaken { Thread.detachNewThread { body(PostgresAccess(nil)) } }
    }

    /// Takes the database for this process, until it is closed or the process ends. A process that has just ended may
    /// have it for a moment longer, so that it is asked for again.
    /// - Parameter shares: any of them; the first that can be had.
    /// - Returns: what it is; nil when other processes have all of it.
    package func hold(_ shares: [DatabaseShare], within time: Duration = .seconds(5)) async throws -> DatabaseShare? {
        let end = ContinuousClock.now + time
        while true {
            for share in shares where try await onWriter({ access in try access.hold(share) }) { return share }
            guard ContinuousClock.now < end else { return nil }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    /// Lets other nodes serve the database beside this one, which was alone with it or is a node already.
    /// - Returns: false when another process has the node's name.
    package func share(as node: String) async throws -> Bool {
        try await onWriter { access in try access.share(as: node) }
    }

    /// Takes the lane of a node in the table `hub_lanes`, after the migrations: from now on every transaction that
    /// writes is refused as `fenced` when another process has claimed the same name since.
    /// - Returns: the number of this life of the node, higher than every one before.
    @discardableResult
    package func claim(node: String) async throws -> Int64 {
        try await onWriter { access in try access.claim(node) }
    }

    package func sizes() async throws -> StoreSizes {
        try await read { connection in
            let row = try connection.first("SELECT pg_database_size(current_database()) AS bytes")
            // The log is the whole server's.
            return StoreSizes(data: row?.integer("bytes") ?? 0, log: 0)
        }
    }

    package func close() throws {
        guard !isClosing.exchange(true, ordering: .sequentiallyConsistent) else { return }
        patience.end(at: ContinuousClock.now + Self.patienceAtClose)
        writer.finish()
        readers.finish()
        writer.wait()
        readers.wait()
        hints.finish()
    }

    private func checkOpen() throws(SQLError) {
        if isClosing.load(ordering: .sequentiallyConsistent) { throw .closed }
    }

    private func onWriter<T: Sendable>(_ body: @escaping @Sendable (PostgresAccess) throws -> T) async throws -> T {
        try checkOpen()
        return try await withCheckedThrowingContinuation { continuation in
            let isTaken = writer.run { [self] session in
                use(session) { access in continuation.resume(with: Result { try body(access) }) }
            }
            if !isTaken { continuation.resume(throwing: SQLError.closed) }
        }
    }

    /// Lends the writer to `body`.
    private func use(_ session: PostgresSession, _ body: (PostgresAccess) -> Void) {
        let access = PostgresAccess(session)
        body(access)
        if access.rollBack() { logger.error("a closure on the writer left its transaction open; rolled back") }
        access.invalidate()
    }
}
#endif
