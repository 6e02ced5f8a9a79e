#if PostgreSQL
import Database

/// What a server must be set to, and what each session sets for itself.
struct ServerSettings: Sendable {
    /// Only for tests: a server that may lose commits is taken as well.
    let allowsUnsafe: Bool

    /// - Throws: a sentence of what to change.
    func apply(to link: Link, _ role: PostgresSession.Role) throws(SQLError) {
        guard link.serverVersion >= 150_000 else {
            throw SQLError(.misuse, "PostgreSQL \(link.serverVersion / 10_000) is too old: 15 or newer is needed")
        }
        let values = try ask(link, role)
        func value(_ name: String) -> String { values[name] ?? "" }
        func require(_ isRight: Bool, _ sentence: String) throws(SQLError) {
            if !isRight { throw SQLError(.misuse, sentence) }
        }
        let encoding = value("server_encoding")
        let create = "create it with ENCODING 'UTF8' LC_COLLATE 'C' TEMPLATE template0"
        try require(encoding == "UTF8", "the database's encoding is \(encoding): \(create)")
        // "b" is PostgreSQL's own provider, whose locales all sort by code points; "i" is ICU, which sorts otherwise
        // whatever datcollate says.
        let provider = value("provider")
        let collation = value("collation")
        let isByCodePoints = ["C", "C.UTF-8", "C.utf8", "POSIX"].contains(collation)
        try require(
            provider == "b" || provider == "c" && isByCodePoints,
            "the database sorts by \(provider == "i" ? "an ICU locale" : collation): \(create)")
        if allowsUnsafe { return }
        let commit = value("synchronous_commit")
        try require(commit != "off", "synchronous_commit is off, so that commits can be lost: set it to on")
        try require(value("fsync") == "on", "fsync is off, so that a crash can destroy the database: set it to on")
    }

    private func ask(_ link: Link, _ role: PostgresSession.Role) throws(SQLError) -> [String: String] {
        let sql = """
            SELECT current_setting('server_encoding') AS server_encoding, datcollate::text AS collation,
                datlocprovider::text AS provider, current_setting('synchronous_commit') AS synchronous_commit,
                current_setting('fsync') AS fsync, \(Self.assignments(role))
            FROM pg_database WHERE datname = current_database()
            """
        try link.send(.command(sql))
        guard let reply = try link.receive(1).first, case .done(let result) = reply else {
            throw SQLError(.unavailable, "the server does not tell its settings")
        }
        var layout: ColumnLayout?
        guard let row = try result.rows(&layout, sql: sql).first else { return [:] }
        let names = ["server_encoding", "collation", "provider", "synchronous_commit", "fsync"]
        return Dictionary(uniqueKeysWithValues: names.map { ($0, row.text($0)) })
    }

    private static func assignments(_ role: PostgresSession.Role) -> String {
        var settings = [
            "TimeZone": "UTC", "standard_conforming_strings": "on", "statement_timeout": "0",
            "default_transaction_isolation": "read committed",
            // A statement whose client is gone is given up (ms).
            "client_connection_check_interval": "1000",
            // The server must notice that a hub's machine is gone, because the hub holds a lock (s, and ms).
            "tcp_keepalives_idle": "5", "tcp_keepalives_interval": "2", "tcp_keepalives_count": "3",
            "tcp_user_timeout": "5000",
            // Our statements are short; compiling one takes longer than most of them.
            "jit": "off",
            // What a hub reads is in memory, where a page of an index costs no more than one of a table. With the
            // server's own assumption, a disk that turns, it reads small tables from end to end for each row.
            "random_page_cost": "1.1",
        ]
        if role == .writer {
            // While a transaction is open nobody else writes. A process that was stopped in the middle of one (SIGSTOP,
            // a machine that sleeps) would hold up all others: the server ends it. Long statements and long
            // transactions are not meant, only 2 s without a statement. It is less than the 5 s for which a commit in
            // doubt is asked for, which waits for a transaction whose COMMIT never came.
            settings["idle_in_transaction_session_timeout"] = "2000"
            // The wait for another's transaction, which can be a large import. Who holds the lock is at work, or ended
            // by the timeout above, so this is for what nobody thought of.
            settings["lock_timeout"] = "300000"
        }
        return settings.sorted { $0.key < $1.key }.map { "set_config('\($0.key)', '\($0.value)', false)" }
            .joined(separator: ", ")
    }
}
#endif
