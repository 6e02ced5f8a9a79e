/// A database with one writer and several readers: the seam behind which the engines stand.
///
/// No closure runs on the caller's thread. None is cancelled by the caller's task: what was handed over runs to its
/// end. A closure must not call the database again and wait for it.
package protocol SQLDatabase: Sendable {
    /// Runs `body` in one read transaction: it sees one state of the database, with every write that had returned
    /// before. Writing in it throws `readOnly`.
    @discardableResult
    func read<T: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> T) async throws -> T

    /// Runs `body` in one transaction of the writer and commits it. When `body` throws or the commit fails nothing of
    /// it happened. When this returns, the data is on the disk and every later `read` sees it.
    @discardableResult
    func write<T: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> T) async throws -> T

    /// Runs `body` on the writer in no transaction, in order with all other writes, and returns at once.
    ///
    /// For group commit: `body` calls `begin` and `commit` itself. It is always called exactly once; after
    /// `close` every statement in it throws `misuse`. A transaction that it leaves open is rolled back and logged.
    func withWriter(_ body: @escaping @Sendable (any SQLConnection) -> Void)

    /// What the database takes of the disk.
    func sizes() async throws -> StoreSizes

    /// Waits for what was handed over, then closes. Idempotent. Later calls throw `misuse`.
    func close() throws
}

/// What a database takes of the disk, in bytes.
package struct StoreSizes: Sendable {
    package let data: Int64
    /// The log that was not yet moved into the data; 0 where the log is not the database's alone.
    package let log: Int64

    package init(data: Int64, log: Int64) {
        self.data = data
        self.log = log
    }
}
