import GRDB
import GRDBSQLite
import Logging
import Synchronization

/// Keeps the write-ahead log short, between the writer's transactions and beside them.
///
/// Copying a thousand pages into the database takes the disk some milliseconds, in which no post would be answered
/// (measured at 5,000 posts a second: 6 to 7 ms, for one commit in a hundred). So a connection of its own copies them:
/// "PRAGMA wal_checkpoint(PASSIVE): Checkpoint as many frames as possible without waiting for any database readers or
/// writers to finish" (https://www.sqlite.org/pragma.html#pragma_wal_checkpoint). What the writer adds meanwhile stays
/// in the log, and SQLite begins it anew only when every page is in the database: at `restarts` pages the writer copies
/// that small rest itself.
///
/// Nor does SQLite begin the log anew while a reader looks into it. Readers that overlap leave no such moment: the log
/// grows for ever. So beyond a limit the writer waits for it: "SQLITE_CHECKPOINT_TRUNCATE ... blocks (calls the
/// busy-handler callback) until all readers are reading from the database file only"
/// (https://www.sqlite.org/c3ref/wal_checkpoint_v2.html). Readers that come meanwhile find every page in the database
/// and are not waited for; posts wait, for `patience` at most.
final class LogKeeper: Sendable {
    struct Limits: Sendable {
        /// Pages from which the log is copied into the database, beside the writer.
        var copies = 1000
        /// Pages from which the writer copies the rest, so that the log begins anew: 16 MiB.
        var restarts = 4000
        /// Pages from which the log is emptied: 64 MiB.
        var empties = 16_384
        /// Milliseconds for readers to come to their end.
        var patience: Int32 = 100
    }

    private struct State: Sendable {
        /// Pages in the log after the last commit, as SQLite says.
        var pages = 0
        var seen = 0
        /// The copier is at work, and has SQLite's lock for it.
        var isCopying = false
        /// The copier has done its part of a log that is to begin anew.
        var isRestDue = false
        /// Pages at which the next attempt is due; after one that a reader stood in the way of, a quarter more.
        var copyAt: Int
        var emptyAt: Int

        init(_ limits: Limits) { (copyAt, emptyAt) = (limits.copies, limits.empties) }
    }

    private enum Attempt {
        case none, copy, rest, empty
    }

    private let limits: Limits
    private let logger: Logger
    private let copier: DatabaseQueue
    private let state: Mutex<State>

    /// - Parameter path: the database, in WAL mode already. Throws `DatabaseError`.
    init(path: String, limits: Limits, logger: Logger) throws {
        self.limits = limits
        self.logger = logger
        var configuration = Configuration()
        configuration.label = "amphi.database.log"
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        copier = try DatabaseQueue(path: path, configuration: configuration)
        state = Mutex(State(limits))
    }

    /// Replaces SQLite's automatic checkpoint, which is such a hook too. The keeper must outlive the connection.
    func watch(_ database: Database) {
        let user = unsafe Unmanaged.passUnretained(self).toOpaque()
        _ = unsafe sqlite3_wal_hook(
            database.sqliteConnection,
            { user, _, _, pages in
                guard let user = unsafe user else { return SQLITE_OK }
                unsafe Unmanaged<LogKeeper>.fromOpaque(user).takeUnretainedValue().state.withLock {
                    $0.pages = Int(pages)
                }
                return SQLITE_OK
            }, user)
    }

    /// After a transaction, on the writer's queue; costs nothing while the log is short.
    func relieve(_ database: Database) {
        switch due(isOutside: !database.isInsideTransaction) {
        case .none: return
        case .copy: copy()
        // When all of it is copied and nobody looks into it, the next commit begins it anew.
        case .rest: _ = checkpoint(database, SQLITE_CHECKPOINT_PASSIVE)
        case .empty: empty(database)
        }
    }

    /// Waits for the copier. The database must be closed afterwards, not before.
    func close() throws { try copier.close() }

    private func due(isOutside: Bool) -> Attempt {
        state.withLock { state in
            // SQLite has begun the log anew by itself.
            if state.pages < state.seen { (state.copyAt, state.emptyAt) = (limits.copies, limits.empties) }
            state.seen = state.pages
            guard isOutside, !state.isCopying else { return .none }
            defer { state.isRestDue = false }
            if state.pages >= state.emptyAt { return .empty }
            if state.isRestDue { return .rest }
            state.isCopying = state.pages >= state.copyAt
            return state.isCopying ? .copy : .none
        }
    }

    private func copy() {
        copier.asyncWriteWithoutTransaction { database in
            _ = self.checkpoint(database, SQLITE_CHECKPOINT_PASSIVE)
            self.sync(database)
            self.state.withLock { state in
                state.isCopying = false
                state.isRestDue = state.pages >= self.limits.restarts
                state.copyAt = state.pages + self.limits.copies
            }
        }
    }

    private func empty(_ database: Database) {
        unsafe sqlite3_busy_timeout(database.sqliteConnection, limits.patience)
        let isEmpty = checkpoint(database, SQLITE_CHECKPOINT_TRUNCATE)
        unsafe sqlite3_busy_timeout(database.sqliteConnection, SQLiteDatabase.busyMilliseconds)
        if isEmpty { return state.withLock { $0 = State(limits) } }
        let pages = state.withLock { state in
            state.emptyAt = state.pages + limits.empties / 4
            return state.pages
        }
        logger.warning("a reader holds the write-ahead log", metadata: ["wal.pages": "\(pages)"])
    }

    private func checkpoint(_ database: Database, _ mode: Int32) -> Bool {
        unsafe sqlite3_wal_checkpoint_v2(database.sqliteConnection, nil, mode, nil, nil) == SQLITE_OK
    }

    /// Brings what was copied to the disk. SQLite leaves that to the checkpoint that copies the last page: the
    /// writer's, who would wait for all of it. Through SQLite's own handle, because closing another one of the file
    /// would drop the process's locks (https://www.sqlite.org/howtocorrupt.html, 2.2). After a failure Linux has
    /// forgotten which pages it could not write: nothing can repeat them, so an operator must know.
    private func sync(_ database: Database) {
        var file: UnsafeMutablePointer<sqlite3_file>?
        unsafe sqlite3_file_control(database.sqliteConnection, "main", SQLITE_FCNTL_FILE_POINTER, &file)
        guard let file = unsafe file, let methods = unsafe file.pointee.pMethods else { return }
        let result = unsafe methods.pointee.xSync(file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY)
        guard result != SQLITE_OK else { return }
        logger.error("the database could not be synced; check it", metadata: ["sqlite.code": "\(result)"])
    }
}
