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
    private let count: ConnectionCount
    /// None before the first statement and after a loss.
    private(set) var link: Link?
    private var statements = StatementCache()
    private var names = 0
    /// Whether the server still has prepared what the cache has forgotten.
    private var hasForgotten = false
    /// What leaves with the next statement that is waited for.
    private var pending: [Request] = []
    /// The node that this session writes for, once `claim` was called.
    var lane: Lane?
    /// What this process has of the database (`hold`).
    var held: DatabaseShare?
    /// Whether this connection has the locks of it.
    var isHeld = false

    init(
        _ role: Role, _ address: PostgresAddress, _ settings: ServerSettings, _ patience: Patience,
        _ count: ConnectionCount, _ logger: Logger
    ) {
        self.role = role
        self.count = count
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
        count.add()
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

    var transaction: TransactionState { isUnsent ? .open : link?.transaction ?? .none }

    /// Whether a transaction was begun of which the server has seen nothing.
    var isUnsent: Bool {
        pending.contains { $0.isCommand(Self.beginReading) || $0.isCommand(Self.beginWriting) }
    }
}

// MARK: - Statements

extension PostgresSession {
    static let beginReading = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    private static let forgetting = "DEALLOCATE ALL"
    private static let beginWriting = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"

    /// Runs one statement and gives its result with what reads it.
    func run(_ sql: String, _ values: [SQLValue], before deadline: ContinuousClock.Instant? = nil) throws(SQLError)
        -> (ServerResult, PreparedStatement)
    {
        let answers = try exchange([.run(sql: sql, try Parameters(values, sql: sql))], before: deadline)
        guard let answer = answers.last, let statement = answer.statement else {
            throw SQLError(.other, "no result", sql: sql)
        }
        return (answer.result, statement)
    }

    /// Keeps a statement for the next exchange.
    func add(_ statement: LaterStatement) throws(SQLError) { pending.append(.later(statement)) }

    struct Answer {
        let result: ServerResult
        /// What was run, unless it was a command.
        let statement: PreparedStatement?
    }

    /// Sends what is pending and these, and waits for all answers: one round trip.
    /// - Returns: the answers to all of them.
    @discardableResult
    func exchange(
        _ requests: [Request], before deadline: ContinuousClock.Instant? = nil
    ) throws(SQLError) -> [Answer] {
        // Nothing of the transaction was seen yet, so that a connection that broke while it was idle costs nothing but
        // another one.
        let mayRepeat = link != nil && isUnsent
        try connected()
        let all = pending + requests
        // A statement that is refused here leaves everything as it is.
        let messages = try messages(for: all)
        pending = []
        do throws(SQLError) {
            return try answers(to: all, send(messages, deadline))
        } catch {
            guard mayRepeat, link == nil else { throw error }
        }
        if role == .writer { try prepareToWrite() } else { try connected() }
        // The new connection has nothing to forget.
        let again = all.filter { !$0.isCommand(Self.forgetting) }
        return try answers(to: again, send(self.messages(for: again), deadline))
    }

    private func send(_ messages: [Link.Message], _ deadline: ContinuousClock.Instant?) throws(SQLError) -> [Answer] {
        let link = try connected()
        let replies: [Link.Reply]
        do {
            for message in messages { try link.send(message) }
            replies = try link.receive(messages.count, before: deadline)
        } catch {
            lose(error)
            throw SQLError(error.code, error.message, state: error.state, sql: messages.last?.sql)
        }
        return try results(of: messages, replies)
    }

    private func messages(for requests: [Request]) throws(SQLError) -> [Link.Message] {
        var messages: [Link.Message] = []
        for request in requests {
            switch request {
            case .command(let sql): messages.append(.command(sql))
            case .run(let sql, let parameters), .mark(let sql, let parameters, _):
                try prepare(sql, parameters, &messages)
            case .later(let statement): try prepare(statement.sql, statement.parameters, &messages)
            }
        }
        return messages
    }

    /// Adds the messages that run a statement, with its preparation when the connection does not know it.
    private func prepare(_ sql: String, _ parameters: Parameters, _ messages: inout [Link.Message]) throws(SQLError) {
        if let known = statements.statement(sql, parameters.types) {
            messages.append(.run(known, parameters))
            return
        }
        try StatementText(sql).check(parameters.types.count, sql)
        names += 1
        let statement = PreparedStatement(name: "s\(names)", sql: sql, types: parameters.types)
        if let oldest = statements.makeRoom() { messages.append(.deallocate(oldest)) }
        messages += [.prepare(statement), .run(statement, parameters)]
    }

    private func answers(to requests: [Request], _ answers: [Answer]) throws(SQLError) -> [Answer] {
        for (request, answer) in zip(requests, answers) {
            switch request {
            case .command, .run: break
            case .later(let statement):
                if let prepared = answer.statement { statement.answered(answer.result, prepared) }
            case .mark(_, _, let refusal):
                guard answer.result.affected == 1 else {
                    defer { rollBack() }
                    throw try refusal(self)
                }
            }
        }
        return answers
    }

    /// The answers to the requests: what only prepared a statement has none of its own.
    private func results(of messages: [Link.Message], _ replies: [Link.Reply]) throws(SQLError) -> [Answer] {
        var answers: [Answer] = []
        for (message, reply) in zip(messages, replies) {
            switch reply {
            case .done(let result):
                if result.changedSchema { forget() }
                switch message {
                case .prepare(let statement): statements.keep(statement)
                case .deallocate: break
                case .command: answers.append(Answer(result: result, statement: nil))
                case .run(let statement, _): answers.append(Answer(result: result, statement: statement))
                }
            case .failed(let result):
                let error = unsafe SQLError(result.pointer, sql: message.sql)
                // "cached plan must not change result type": the table has other columns now.
                if error.state == "0A000" { forget() }
                throw error
            case .skipped: throw SQLError(.other, "skipped after an error", sql: message.sql)
            }
        }
        return answers
    }

    /// Every statement is prepared anew.
    private func forget() {
        statements.removeAll()
        hasForgotten = true
    }

    /// What the server need not remember any more; not inside of a transaction that has failed.
    private func takeForgotten() -> [Request] {
        guard hasForgotten else { return [] }
        // Those that were prepared since then go as well.
        statements.removeAll()
        hasForgotten = false
        return [.command(Self.forgetting)]
    }
}

// MARK: - What travels with the next statement

extension PostgresSession {
    func beginRead() { pending = [.command(Self.beginReading)] }

    /// Gives the snapshot back. Nobody waits for it.
    func endRead() {
        if isUnsent {
            pending = []
        } else {
            rollBack()
        }
    }

    /// - Parameter statements: what must stand at the beginning of the transaction.
    func beginWrite(_ statements: [Request]) {
        pending = takeForgotten() + [.command(Self.beginWriting)] + statements
    }

    /// Sends what waits. Does nothing when all was sent.
    func flush() throws(SQLError) {
        if !pending.isEmpty { try exchange([]) }
    }

    func beginSavepoint(_ name: String) { pending.append(.command("SAVEPOINT \(name)")) }

    func releaseSavepoint(_ name: String) {
        // Nothing was sent since: it need not be set at all.
        if isUnset(name) { pending.removeLast() } else { pending.append(.command("RELEASE \(name)")) }
    }

    func undoSavepoint(_ name: String) {
        if isUnset(name) {
            pending.removeLast()
        } else {
            pending += [.command("ROLLBACK TO \(name)"), .command("RELEASE \(name)")]
        }
    }

    private func isUnset(_ name: String) -> Bool { pending.last?.isCommand("SAVEPOINT \(name)") ?? false }

    /// Leaves the transaction. When the connection breaks, the server does the same by itself.
    func rollBack() {
        pending = []
        guard let link, link.transaction != .none else { return }
        _ = try? exchange([.command("ROLLBACK")])
    }
}
#endif
