#if PostgreSQL
import CLibpq
import Database
import Glibc
import Synchronization

/// One connection to a server: libpq in pipeline mode, which waits nowhere but in `poll`.
///
/// What is sent leaves with `receive`, all in one packet where it fits, and is answered in order
/// (https://www.postgresql.org/docs/current/libpq-pipeline-mode.html). Every error that is thrown here means that the
/// connection is of no more use. It stays on the thread that made it and closes at its end.
@safe final class Link {
    /// What `send` takes.
    enum Message {
        /// A statement without parameters that is sent as it is.
        case command(String)
        case prepare(PreparedStatement)
        case deallocate(PreparedStatement)
        case run(PreparedStatement, Parameters)

        var sql: String {
            switch self {
            case .command(let sql): sql
            case .prepare(let statement), .deallocate(let statement), .run(let statement, _): statement.sql
            }
        }
    }

    /// The answer to one message.
    enum Reply {
        case done(ServerResult)
        case failed(ServerResult)
        /// Something before it has failed.
        case skipped
    }

    private let handle: OpaquePointer
    private let patience: Patience
    let notices = Notices()

    /// Connects, which takes at most `connect_timeout` for each host.
    init(_ address: PostgresAddress, _ patience: Patience) throws(SQLError) {
        self.patience = patience
        let options = Array(address.options)
        let connection = unsafe withCStrings(options.map(\.key)) { keywords in
            unsafe withCStrings(options.map(\.value)) { values in unsafe PQconnectdbParams(keywords, values, 0) }
        }
        guard let connection = unsafe connection else { throw SQLError(.outOfMemory, "no memory for a connection") }
        unsafe handle = connection
        guard unsafe PQstatus(connection) == CONNECTION_OK else {
            throw SQLError(.unavailable, address.withoutSecrets(lastError))
        }
        _ = unsafe PQsetNoticeReceiver(connection, receiveNotice, Unmanaged.passUnretained(notices).toOpaque())
        guard unsafe PQsetnonblocking(connection, 1) == 0, unsafe PQenterPipelineMode(connection) == 1 else {
            throw .lost(lastError)
        }
    }

    deinit { unsafe PQfinish(handle) }

    /// For example 150018.
    var serverVersion: Int { unsafe Int(PQserverVersion(handle)) }

    /// The server's word after the last `receive`.
    var transaction: TransactionState {
        switch unsafe PQtransactionStatus(handle) {
        case PQTRANS_IDLE: .none
        case PQTRANS_INERROR: .failed
        default: .open
        }
    }

    /// libpq's last error in one line.
    private var lastError: String {
        Self.line(unsafe text(PQerrorMessage(handle)) ?? "")
    }

    private static func line(_ message: String) -> String {
        message.split(whereSeparator: \.isNewline).map { $0.drop(while: \.isWhitespace) }.joined(separator: " ")
    }
}

/// What the server says of its transaction.
enum TransactionState {
    case none
    case open
    /// Everything but a rollback is refused.
    case failed
}

// MARK: - Sending

extension Link {
    /// Puts a message behind those that wait for `receive`.
    func send(_ message: Message) throws(SQLError) {
        let sent: Int32
        switch message {
        case .command(let sql): sent = send(sql)
        case .deallocate(let statement): sent = send("DEALLOCATE \(statement.name)")
        case .prepare(let statement):
            sent = unsafe PQsendPrepare(
                handle, statement.name, statement.sql, Int32(statement.types.count), statement.types)
        case .run(let statement, let parameters):
            sent = run(statement.name, parameters)
        }
        guard sent == 1 else { throw .lost(lastError) }
    }

    private func send(_ command: String) -> Int32 {
        unsafe PQsendQueryParams(handle, command, 0, nil, nil, nil, nil, 1)
    }

    private func run(_ name: String, _ parameters: Parameters) -> Int32 {
        let count = parameters.places.count
        guard count > 0 else { return unsafe PQsendQueryPrepared(handle, name, 0, nil, nil, nil, 1) }
        let lengths = parameters.places.map { Int32($0?.count ?? 0) }
        return unsafe parameters.bytes.withUnsafeBufferPointer { bytes in
            let values: [UnsafePointer<CChar>?] = unsafe parameters.places.map { place in
                guard let place, let start = bytes.baseAddress else { return nil }
                return unsafe UnsafeRawPointer(start + place.lowerBound).assumingMemoryBound(to: CChar.self)
            }
            let formats = [Int32](repeating: 1, count: count)
            return unsafe PQsendQueryPrepared(handle, name, Int32(count), values, lengths, formats, 1)
        }
    }
}

// MARK: - Receiving

extension Link {
    /// Sends everything and waits for its answers.
    /// - Parameters:
    ///   - count: how many messages were sent.
    ///   - deadline: when to give up the connection; nil waits for as long as the network says that the peer is there.
    func receive(_ count: Int, before deadline: ContinuousClock.Instant? = nil) throws(SQLError) -> [Reply] {
        guard unsafe PQpipelineSync(handle) == 1 else { throw .lost(lastError) }
        var isUnsent = try flush()
        var replies: [Reply] = []
        replies.reserveCapacity(count)
        while replies.count < count {
            var reply: Reply?
            // "PQgetResult must be called repeatedly until it returns a null pointer" for each of them.
            while let result = try next(&isUnsent, deadline) {
                let answer = try classify(result)
                reply = reply ?? answer
            }
            guard let reply else { throw .lost("an answer is missing") }
            replies.append(reply)
        }
        guard let end = try next(&isUnsent, deadline), unsafe PQresultStatus(end.pointer) == PGRES_PIPELINE_SYNC else {
            throw .lost("the end of the answers is missing")
        }
        return replies
    }

    private func classify(_ result: ServerResult) throws(SQLError) -> Reply {
        switch unsafe PQresultStatus(result.pointer) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return .done(result)
        case PGRES_PIPELINE_ABORTED: return .skipped
        case PGRES_FATAL_ERROR:
            if unsafe PQstatus(handle) == CONNECTION_BAD, unsafe amphi_pg_state(result.pointer) == nil {
                throw .lost(Self.line(unsafe text(PQresultErrorMessage(result.pointer)) ?? ""))
            }
            let severity = unsafe text(amphi_pg_severity(result.pointer))
            // After these the server closes the connection.
            if severity == "FATAL" || severity == "PANIC" { throw unsafe SQLError(result.pointer, sql: nil) }
            return .failed(result)
        default: throw .lost("an answer of a kind that was not asked for")
        }
    }

    private func next(
        _ isUnsent: inout Bool, _ deadline: ContinuousClock.Instant?
    ) throws(SQLError) -> ServerResult? {
        while unsafe PQisBusy(handle) != 0 {
            try wait(writing: isUnsent, deadline)
            guard unsafe PQconsumeInput(handle) == 1 else { throw .lost(lastError) }
            if isUnsent { isUnsent = try flush() }
        }
        return unsafe PQgetResult(handle).map { unsafe ServerResult($0) }
    }

    /// - Returns: whether something is left to be sent.
    private func flush() throws(SQLError) -> Bool {
        switch unsafe PQflush(handle) {
        case 0: return false
        case 1: return true
        default: throw .lost(lastError)
        }
    }

    private func wait(writing: Bool, _ deadline: ContinuousClock.Instant?) throws(SQLError) {
        var entry = unsafe pollfd(
            fd: PQsocket(handle), events: Int16(POLLIN | (writing ? POLLOUT : 0)), revents: 0)
        // In slices: the patience can end while this waits.
        while true {
            let left = deadline.map { ContinuousClock.now.duration(to: $0) }
            let slice = left.map { max(0, min(1000, Int32($0 / .milliseconds(1)))) } ?? 1000
            if unsafe poll(&entry, 1, slice) > 0 { return }
            let isLate = left.map { $0 <= .zero } ?? false
            if isLate || patience.isOver { throw .lost("no answer in time") }
        }
    }
}

// MARK: - Notifications

extension Link {
    /// What has come and was not yet taken, oldest first.
    func takeNotifications() -> [String] {
        var payloads: [String] = []
        while let notification = unsafe PQnotifies(handle) {
            if let payload = unsafe text(notification.pointee.extra) { payloads.append(payload) }
            unsafe PQfreemem(notification)
        }
        return payloads
    }

    /// Waits until the server says something, or for so many milliseconds.
    func awaitInput(_ milliseconds: Int32) throws(SQLError) {
        var entry = unsafe pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&entry, 1, milliseconds) > 0 else { return }
        guard unsafe PQconsumeInput(handle) == 1 else { throw .lost(lastError) }
    }
}

/// Counts the connections of a database.
final class ConnectionCount: Sendable {
    private let count = Atomic(0)

    func add() { count.wrappingAdd(1, ordering: .sequentiallyConsistent) }

    var value: Int { count.load(ordering: .sequentiallyConsistent) }
}

/// How long the connections of a database wait for a server that says nothing: for ever, until the database is closed.
final class Patience: Sendable {
    private let end = Mutex<ContinuousClock.Instant?>(nil)

    func end(at instant: ContinuousClock.Instant) { end.withLock { $0 = instant } }

    var isOver: Bool { end.withLock { $0 }.map { $0 <= ContinuousClock.now } ?? false }
}

/// Calls `body` with a list of C strings that ends with NULL, as libpq takes one.
private func withCStrings<R>(
    _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> R
) -> R {
    let copies = unsafe strings.map { unsafe strdup($0) }
    defer { unsafe copies.forEach { unsafe free($0) } }
    let list: [UnsafePointer<CChar>?] = unsafe copies.map { unsafe UnsafePointer($0) } + [nil]
    return unsafe list.withUnsafeBufferPointer { unsafe body($0.baseAddress) }
}
#endif
