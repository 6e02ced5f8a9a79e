import GRDB
import GRDBSQLite
import Logging

/// Keeps the write-ahead log short, on the writer, between its transactions.
///
/// SQLite starts the log anew only when every page of it is in the database and no reader looks into it. Readers that overlap
/// leave no such moment: the log grows for ever. So beyond a limit the writer waits for it: "SQLITE_CHECKPOINT_TRUNCATE ... blocks
/// (calls the busy-handler callback) until all readers are reading from the database file only"
/// (https://www.sqlite.org/c3ref/wal_checkpoint_v2.html). Readers that come meanwhile find every page in the database and
/// are not waited for; posts wait, for `patience` at most.
///
/// `@unchecked Sendable`: used on the writer's queue only, which GRDB checks for every use of its connection.
final class LogKeeper: @unchecked Sendable {
    struct Limits: Sendable {
        /// Pages from which the log is copied into the database, without waiting for anybody.
        var copies = 1000
        /// Pages from which the log is emptied: 64 MiB.
        var empties = 16_384
        /// Milliseconds for readers to come to their end.
        var patience: Int32 = 100
    }

    private let limits: Limits
    private let logger: Logger
    /// Pages in the log after the last commit, as SQLite says.
    private var pages = 0
    private var seen = 0
    /// Pages at which the next attempt is due; after one that a reader stood in the way of, a quarter more.
    private var copyAt: Int
    private var emptyAt: Int

    init(limits: Limits, logger: Logger) {
        self.limits = limits
        self.logger = logger
        copyAt = limits.copies
        emptyAt = limits.empties
    }

    /// Replaces SQLite's automatic checkpoint, which is such a hook too. The keeper must outlive the connection.
    func watch(_ database: Database) {
        let user = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe sqlite3_wal_hook(
            database.sqliteConnection,
            { user, _, _, pages in
                guard let user = unsafe user else { return SQLITE_OK }
                unsafe Unmanaged<LogKeeper>.fromOpaque(user).takeUnretainedValue().pages = Int(pages)
                return SQLITE_OK
            }, user)
    }

    /// After a transaction; costs nothing while the log is short.
    func relieve(_ database: Database) {
        // SQLite has begun the log anew by itself.
        if pages < seen { setThresholds() }
        seen = pages
        guard pages >= min(copyAt, emptyAt), !database.isInsideTransaction else { return }
        if pages >= emptyAt {
            unsafe sqlite3_busy_timeout(database.sqliteConnection, limits.patience)
            let isEmpty = checkpoint(database, SQLITE_CHECKPOINT_TRUNCATE)
            unsafe sqlite3_busy_timeout(database.sqliteConnection, SQLiteDatabase.busyMilliseconds)
            if isEmpty {
                (pages, seen) = (0, 0)
                return setThresholds()
            }
            emptyAt = pages + limits.empties / 4
            logger.warning("a reader holds the write-ahead log", metadata: ["wal.pages": "\(pages)"])
        }
        // When all of it is copied and nobody looks into it, the next commit begins it anew.
        _ = checkpoint(database, SQLITE_CHECKPOINT_PASSIVE)
        copyAt = pages + limits.copies
    }

    private func setThresholds() {
        copyAt = limits.copies
        emptyAt = limits.empties
    }

    private func checkpoint(_ database: Database, _ mode: Int32) -> Bool {
        unsafe sqlite3_wal_checkpoint_v2(database.sqliteConnection, nil, mode, nil, nil) == SQLITE_OK
    }
}
