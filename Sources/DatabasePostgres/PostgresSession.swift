#if PostgreSQL
import Database
import Logging

/// The work of one thread with the server: connects when it must, prepares each statement once, and sends together what
/// nobody waits for in between.
final class PostgresSession {
    /// What a thread's connections are for.
    enum Role {
        case reader
        case writer
    }

    let role: Role
    let logger: Logger
    private let address: PostgresAddress
    private let settings: ServerSettings
    private let patience: Patience
    /// None before the first statement and after a loss.
    private(set) var link: Link?
    private var statements = StatementCache()
    private var names = 0
    /// Whether the server still has prepared what the cache has forgotten.
    private var hasForgotten = false
    /// Commands that leave with the next statement: their answers are of interest only when they fail.
    private var pending: [String] = []
    /// The node that this session writes for, once `claim` was called.
    var lane: Lane?
    /// What this process has of the database (`hold`).
    var held: DatabaseShare?
    /// Whether this connection has the locks of it.
    var isHeld = false

    init(_ role: Role, _ address: PostgresAddress, _ settings: ServerSettings, _ patience: Patience, _ logger: Logger) {
        self.role = role
        self.address = address
        self.settings = settings
        self.patience = patience
        self.logger = logger
    }

    /// Connects and checks the server's settings, unless it has a connection.
    @discardableResult
    func connected() throws(SQLError) -> Link {
        if let link { return link }
        let fresh = try Link(address, patience)
        try settings.apply(to: fresh, role)
        statements.removeAll()
        hasForgotten = false
        link = fresh
        // The server may not yet know that the connection before is gone, and still count the lock as that one's: the
        // next transactions try it again.
        isHeld = false
        return fresh
    }

    /// Ends the connection; the next statement makes another one.
    func disconnect() {
        link = nil
        pending = []
    }

    /// The next statement connects anew.
    private func lose(_ error: SQLError) {
        if link != nil { logger.warning("a connection to PostgreSQL broke", metadata: ["error": "\(error.message)"]) }
        link = nil
        pending = []
    }

    var transaction: TransactionState {
        if pending == [Self.beginReading] { return .open }
        return link?.transaction ?? .none
    }
}

// MARK: - Statements

extension PostgresSession {
    static let beginReading = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

    /// Runs one statement and gives its result with what reads it.
    func run(_ sql: String, _ values: [SQLValue], before deadline: ContinuousClock.Instant? = nil) throws(SQLError)
        -> (ServerResult, PreparedStatement)
    {
        let parameters = try Parameters(values, sql: sql)
        // The first statement of a read transaction: nothing was seen yet, so that a connection that broke while it
        // was idle costs nothing but another one.
        let mayRepeat = link != nil && pending == [Self.beginReading]
        do {
            return try send(sql, parameters, deadline)
        } catch {
            guard mayRepeat, link == nil else { throw error }
            pending = [Self.beginReading]
        }
        return try send(sql, parameters, deadline)
    }

    private func send(
        _ sql: String, _ parameters: Parameters, _ deadline: ContinuousClock.Instant?
    ) throws(SQLError) -> (ServerResult, PreparedStatement) {
        try connected()
        let (messages, statement) = try prepared(sql, parameters)
        let results = try exchange(messages, before: deadline)
        guard let result = results.last else { throw SQLError(.other, "no result", sql: sql) }
        return (result, statement)
    }

    /// The messages that run a statement, with its preparation when the connection does not know it.
    func prepared(_ sql: String, _ parameters: Parameters) throws(SQLError) -> ([Link.Message], PreparedStatement) {
        if let known = statements.statement(sql, parameters.types) { return ([.run(known, parameters)], known) }
        try StatementText(sql).check(parameters.types.count, sql)
        names += 1
        let statement = PreparedStatement(name: "s\(names)", sql: sql, types: parameters.types)
        var messages: [Link.Message] = [.prepare(statement), .run(statement, parameters)]
        if let oldest = statements.makeRoom() { messages.insert(.command("DEALLOCATE \(oldest.name)"), at: 0) }
        return (messages, statement)
    }

    /// Sends what is pending and these, and waits for all answers: one round trip.
    @discardableResult
    func exchange(
        _ messages: [Link.Message], before deadline: ContinuousClock.Instant? = nil
    ) throws(SQLError) -> [ServerResult] {
        let link = try connected()
        let all = pending.map { Link.Message.command($0) } + messages
        pending = []
        let replies: [Link.Reply]
        do {
            for message in all { try link.send(message) }
            replies = try link.receive(all.count, before: deadline)
        } catch {
            lose(error)
            throw SQLError(error.code, error.message, state: error.state, sql: messages.last?.sql)
        }
        return try results(of: all, replies)
    }

    private func results(of messages: [Link.Message], _ replies: [Link.Reply]) throws(SQLError) -> [ServerResult] {
        var results: [ServerResult] = []
        for (message, reply) in zip(messages, replies) {
            switch reply {
            case .done(let result):
                if case .prepare(let statement) = message { statements.keep(statement) }
                if result.changedSchema { forget() }
                results.append(result)
            case .failed(let result):
                let error = unsafe SQLError(result.pointer, sql: message.sql)
                // "cached plan must not change result type": the table has other columns now.
                if error.state == "0A000" { forget() }
                throw error
            case .skipped: throw SQLError(.other, "skipped after an error", sql: message.sql)
            }
        }
        return results
    }

    /// Every statement is prepared anew.
    private func forget() {
        statements.removeAll()
        hasForgotten = true
    }

    /// What the server need not remember any more; not inside of a transaction that has failed.
    func takeForgotten() -> [Link.Message] {
        guard hasForgotten else { return [] }
        // Those that were prepared since then go as well.
        statements.removeAll()
        hasForgotten = false
        return [.command("DEALLOCATE ALL")]
    }
}

// MARK: - What travels with the next statement

extension PostgresSession {
    func beginRead() { pending = [Self.beginReading] }

    /// Gives the snapshot back. Nobody waits for it.
    func endRead() {
        if pending == [Self.beginReading] {
            pending = []
        } else {
            rollBack()
        }
    }

    func beginSavepoint(_ name: String) { pending.append("SAVEPOINT \(name)") }

    func releaseSavepoint(_ name: String) {
        // Nothing was sent since: it need not be set at all.
        if pending.last == "SAVEPOINT \(name)" { pending.removeLast() } else { pending.append("RELEASE \(name)") }
    }

    func undoSavepoint(_ name: String) {
        if pending.last == "SAVEPOINT \(name)" {
            pending.removeLast()
        } else {
            pending += ["ROLLBACK TO \(name)", "RELEASE \(name)"]
        }
    }

    /// Leaves the transaction. When the connection breaks, the server does the same by itself.
    func rollBack() {
        pending = []
        guard let link, link.transaction != .none else { return }
        _ = try? exchange([.command("ROLLBACK")])
    }
}
#endif
