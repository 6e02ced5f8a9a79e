import GRDB
import GRDBSQLite
import Logging
import Synchronization

/// Keeps the write-ahead log short, on the writer, between its transactions.
///
/// SQLite starts the log anew only when every page of it is in the database and no reader looks into it. Readers that overlap
/// leave no such moment: the log grows for ever. So beyond a limit the writer waits for it: "SQLITE_CHECKPOINT_TRUNCATE ... blocks
/// (calls the busy-handler callback) until all readers are reading from the database file only"
/// (https://www.sqlite.org/c3ref/wal_checkpoint_v2.html). Readers that come meanwhile find every page in the database and
/// are not waited for; posts wait, for `patience` at most.
final class LogKeeper: Sendable {
    struct Limits: Sendable {
        /// Pages from which the log is copied into the database, without waiting for anybody.
        var copies = 1000
        /// Pages from which the log is emptied: 64 MiB.
        var empties = 16_384
        /// Milliseconds for readers to come to their end.
        var patience: Int32 = 100
    }

    private struct State: Sendable {
        /// Pages in the log after the last commit, as SQLite says.
        var pages = 0
        var seen = 0
        /// Pages at which the next attempt is due; after one that a reader stood in the way of, a quarter more.
        var copyAt: Int
        var emptyAt: Int

        init(_ limits: Limits) { (copyAt, emptyAt) = (limits.copies, limits.empties) }
    }

    private enum Attempt {
        case none, copy, empty
    }

    private let limits: Limits
    private let logger: Logger
    private let state: Mutex<State>

    init(limits: Limits, logger: Logger) {
        self.limits = limits
        self.logger = logger
        state = Mutex(State(limits))
    }

    /// Replaces SQLite's automatic checkpoint, which is such a hook too. The keeper must outlive the connection.
    func watch(_ database: Database) {
        let user = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe sqlite3_wal_hook(
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
        let attempt = due()
        guard attempt != .none, !database.isInsideTransaction else { return }
        if attempt == .empty {
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
        // When all of it is copied and nobody looks into it, the next commit begins it anew.
        _ = checkpoint(database, SQLITE_CHECKPOINT_PASSIVE)
        state.withLock { $0.copyAt = $0.pages + limits.copies }
    }

    private func due() -> Attempt {
        state.withLock { state in
            // SQLite has begun the log anew by itself.
            if state.pages < state.seen { (state.copyAt, state.emptyAt) = (limits.copies, limits.empties) }
            state.seen = state.pages
            return state.pages >= state.emptyAt ? .empty : state.pages >= state.copyAt ? .copy : .none
        }
    }

    private func checkpoint(_ database: Database, _ mode: Int32) -> Bool {
        unsafe sqlite3_wal_checkpoint_v2(database.sqliteConnection, nil, mode, nil, nil) == SQLITE_OK
    }
}
