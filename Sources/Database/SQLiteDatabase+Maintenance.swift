import Dispatch
import GRDB

/// What an operator needs while the database is being served: checkpoint, backup, check, size.
extension SQLiteDatabase {
    /// Copies what is in the WAL into the database file, as far as no reader needs the old state; waits for nobody.
    /// - Returns: the pages in the WAL and how many of them are copied.
    @discardableResult
    package func checkpoint() async throws -> (walPages: Int, copiedPages: Int) {
        try await onWriter { database in
            let result = try database.checkpoint(.passive)
            return (result.walFrameCount, result.checkpointedFrameCount)
        }
    }

    /// `SQLConnection.integrityCheck`.
    package func integrityCheck() async throws -> [String] {
        try await read { try $0.integrityCheck() }
    }

    /// The bytes of the database file and of its WAL.
    package var sizeBytes: Int64 { file.bytes + file.walBytes }

    package var file: DatabaseFile { DatabaseFile(path: path) }

    package func sizes() async throws -> StoreSizes { StoreSizes(data: file.bytes, log: file.walBytes) }

    /// Writes a copy of one state of the database to a new file, while readers and the writer go on.
    ///
    /// The copy is complete, synced and a single file (no WAL beside it) when it appears under its name.
    /// - Parameters:
    ///   - path: must not exist.
    ///   - prepare: runs in a transaction on the copy, for example to give it another identity.
    package func backup(
        to path: String, prepare: @escaping @Sendable (any SQLConnection) throws -> Void = { _ in }
    ) async throws {
        let source = self.path
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            DispatchQueue.global(qos: .utility).async {
                continuation.resume(with: Result { try SQLiteBackup(of: source, to: path).run(prepare) })
            }
        }
    }

    private func onWriter<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
        try checkOpen()
        return try await withCheckedThrowingContinuation { continuation in
            pool.asyncWriteWithoutTransaction { database in
                continuation.resume(
                    with: Result {
                        do {
                            return try body(database)
                        } catch {
                            throw SQLError(error)
                        }
                    })
            }
        }
    }
}
