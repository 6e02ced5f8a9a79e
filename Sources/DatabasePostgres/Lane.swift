#if PostgreSQL
import Database
import Glibc
import Logging

/// The row of `hub_lanes` by which a node writes: its fence, and the mark of its last commit.
struct Lane {
    let node: String
    /// Of this life of the node; a higher one in the row means that another process has taken the name.
    let incarnation: Int64
    /// Of the transaction that was begun last.
    var batch: Int64 = 0
    /// Of the one that was committed last, which the row says too, unless the database has lost its newest commits.
    var committed: Int64 = 0
    /// Of one of which nobody knows whether it was committed, and which was told to have failed.
    var doubtful: Int64?
}

extension PostgresSession {
    /// One key for all that write to a database of Amphi: "amphi" in ASCII.
    private static let lockKey = 0x61_6d70_6869
    private static let lock = "SELECT pg_advisory_xact_lock(\(lockKey))"
    private static let mark = """
        UPDATE hub_lanes SET batch = $1 WHERE node = $2 AND lane = 0 AND incarnation = $3 AND batch >= $4
        """
    private static let fenced = SQLError(.fenced, "another process writes for this node now")

    /// Takes the node's lane: whoever had it is fenced from here on.
    /// - Returns: the incarnation, higher than every one before.
    func claim(_ node: String) throws(SQLError) -> Int64 {
        let sql = """
            INSERT INTO hub_lanes (node, lane, incarnation, batch) VALUES ($1, 0, 1, 0)
            ON CONFLICT (node, lane) DO UPDATE SET incarnation = hub_lanes.incarnation + 1, batch = 0
            RETURNING incarnation
            """
        let (result, statement) = try run(sql, [.text(node)])
        let row = try result.rows(&statement.layout, sql: sql).first
        let lane = Lane(node: node, incarnation: row?.integer("incarnation") ?? 0)
        self.lane = lane
        return lane.incarnation
    }

    /// Another key: whoever serves the database shares it, and whoever must be alone with it has it.
    private static let serviceKey = lockKey + 1
    /// The first half of the keys of nodes, in the other space of keys, which has two halves of 32 bits. The second one
    /// is the hash of the name.
    private static let nodeSpace = 0x616d7068

    /// Takes the database, for as long as the connection lasts; a new connection tries it again.
    /// - Returns: false when another process has what is asked for.
    func hold(_ share: DatabaseShare) throws(SQLError) -> Bool {
        switch share {
        case .alone: return try ask("pg_try_advisory_lock(\(Self.serviceKey))")
        case .node(let name):
            let node = "pg_try_advisory_lock(\(Self.nodeSpace), hashtext($1))"
            guard try ask(node, [.text(name)]) else { return false }
            guard try ask("pg_try_advisory_lock_shared(\(Self.serviceKey))") else {
                _ = try ask("pg_advisory_unlock(\(Self.nodeSpace), hashtext($1))", [.text(name)])
                return false
            }
            return true
        }
    }

    /// Lets others serve the database beside this process, which was alone with it.
    func share(as name: String) throws(SQLError) -> Bool {
        // A session may hold a lock in both ways, so that nobody else can be alone in between.
        guard try hold(.node(name)) else { return false }
        return try ask("pg_advisory_unlock(\(Self.serviceKey))")
    }

    private func ask(_ question: String, _ values: [SQLValue] = []) throws(SQLError) -> Bool {
        let sql = "SELECT \(question) AS answer"
        let (result, statement) = try run(sql, values)
        return try result.rows(&statement.layout, sql: sql).first?.bool("answer") ?? false
    }

    /// BEGIN, the lock and the fence, which travel with the first statement.
    ///
    /// The lock is taken by a statement of its own. At READ COMMITTED every later statement sees what was committed
    /// before it began, so all that the former holder of the lock wrote: what reads first and writes then is right.
    func begin() throws(SQLError) {
        try prepareToWrite()
        lane?.batch += 1
        var statements: [Request] = [.run(sql: Self.lock, try Parameters([], sql: Self.lock))]
        if let lane {
            let values: [SQLValue] = [
                .integer(lane.batch), .text(lane.node), .integer(lane.incarnation), .integer(lane.committed),
            ]
            statements.append(
                .mark(sql: Self.mark, try Parameters(values, sql: Self.mark)) { session throws(SQLError) in
                    try session.refusal(of: lane)
                })
        }
        beginWrite(statements)
    }

    /// What must be so before a transaction begins, after another connection was made as well.
    func prepareToWrite() throws(SQLError) {
        try connected()
        if let held, !isHeld { isHeld = try hold(held) }
        if let lane, let doubtful = lane.doubtful { try settle(doubtful, of: lane) }
    }

    /// Finds out what became of a transaction that was told to have failed, now that a server answers. When it has
    /// happened after all, what this process knows and tells is behind the database: it must start anew.
    private func settle(_ doubtful: Int64, of lane: Lane) throws(SQLError) {
        let sql = "SELECT batch, incarnation FROM hub_lanes WHERE node = $1 AND lane = 0 FOR UPDATE"
        let (result, statement) = try run(sql, [.text(lane.node)])
        let row = try result.rows(&statement.layout, sql: sql).first
        guard row?.integer("incarnation") == lane.incarnation else { throw Self.fenced }
        guard row?.integer("batch") != doubtful else {
            throw SQLError(.fenced, "a commit that was told to have failed has happened")
        }
        self.lane?.doubtful = nil
    }

    /// Why the row of the lane did not take the mark.
    private func refusal(of lane: Lane) throws(SQLError) -> SQLError {
        let sql = "SELECT incarnation FROM hub_lanes WHERE node = $1 AND lane = 0"
        let (result, statement) = try run(sql, [.text(lane.node)])
        let row = try result.rows(&statement.layout, sql: sql).first
        guard row?.integer("incarnation") == lane.incarnation else { return Self.fenced }
        return SQLError(
            .fenced, "the database has lost its newest commits, as after a change to a standby that was behind")
    }

    /// Sends COMMIT. When this returns the transaction is on the disk of the server and of the standbys it waits for.
    func commit() throws(SQLError) {
        // A fenced node must not come to its COMMIT.
        if isUnsent { try flush() }
        try sendCommit()
        if let batch = lane?.batch { lane?.committed = batch }
    }

    private func sendCommit() throws(SQLError) {
        link?.notices.isWaitCancelled = false
        do throws(SQLError) {
            let results = try exchange([.command("COMMIT")])
            // The server's answer to a COMMIT of a transaction that has failed.
            guard results.last?.result.tag == "COMMIT" else {
                throw SQLError(.other, "rolled back instead", sql: "COMMIT")
            }
        } catch {
            guard link == nil else { throw error }
            return try settle(error)
        }
        if link?.notices.isWaitCancelled == true {
            try settle(SQLError(.unavailable, "the wait for the standbys was cancelled", sql: "COMMIT"))
        }
    }
}

// MARK: - In doubt

extension PostgresSession {
    /// How long a commit without an answer is asked for.
    private static let settling: Duration = .seconds(5)

    /// Finds out whether the transaction was committed whose COMMIT had no answer, or one that did not wait in full.
    ///
    /// The row of the lane tells: it was marked in the same transaction. FOR UPDATE waits until that transaction has
    /// ended in one way or the other; and as it writes to the log itself, its own commit waits for the standbys behind
    /// everything before it. This holds after a failover too, where a transaction's id could be another one's.
    private func settle(_ cause: SQLError) throws(SQLError) {
        guard let lane else { throw cause }
        logger.warning("a commit is in doubt", metadata: ["error": "\(cause.message)"])
        let deadline = ContinuousClock.now + Self.settling
        let sql = "SELECT batch, incarnation FROM hub_lanes WHERE node = $1 AND lane = 0 FOR UPDATE"
        repeat {
            do throws(SQLError) {
                try connected().notices.isWaitCancelled = false
                let (result, statement) = try run(sql, [.text(lane.node)], before: deadline)
                if link?.notices.isWaitCancelled == true { continue }
                let row = try result.rows(&statement.layout, sql: sql).first
                guard row?.integer("incarnation") == lane.incarnation else { throw Self.fenced }
                guard row?.integer("batch") == lane.batch else {
                    throw SQLError(.unavailable, "the connection broke before the commit", sql: "COMMIT")
                }
                logger.notice("the commit in doubt has happened")
                return
            } catch {
                // Any other error of a server that is there says nothing of the commit.
                guard link == nil || error.code != .fenced && error.code != .unavailable else { throw error }
                usleep(50_000)
            }
        } while ContinuousClock.now < deadline
        self.lane?.doubtful = lane.batch
        let message = "whether the transaction was committed is not known: \(cause.message)"
        throw SQLError(.unavailable, message, sql: "COMMIT")
    }
}
#endif
