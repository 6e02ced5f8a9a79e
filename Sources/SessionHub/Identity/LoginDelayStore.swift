import Database

/// What several hubs of one database know of failed sign-ins (`login_delays`). The rules are those of `FailureDelays`.
struct LoginDelayStore: Sendable {
    /// Milliseconds after which an attempt that was begun and never settled counts as given up: its hub has ended.
    private static let patience: Int64 = 60_000

    let journal: Journal
    /// Hides names: the table is to hold no addresses of people or machines.
    let seal: @Sendable (String) throws -> String

    /// Changes what is known of an account and an address, in one transaction.
    ///
    /// - Parameter empty: the rules, with nothing known.
    func change<Value: Sendable>(
        _ account: String, _ address: String?, _ empty: LoginThrottle.State, now: Timestamp,
        _ body: @escaping @Sendable (inout LoginThrottle.State) -> Value
    ) async throws(HubError) -> Value {
        let rows: (account: String, address: String?)
        do {
            rows = (try seal("account \(account)"), try address.map { try seal("address \($0)") })
        } catch {
            throw HubError(.internal)
        }
        return try await journal.write(.directory) { transaction in
            let connection = transaction.connection
            var state = empty
            state.accounts[account] = try Self.entry(rows.account, now: now, in: connection)
            if let address, let row = rows.address {
                state.addresses[address] = try Self.entry(row, now: now, in: connection)
            }
            let before = state
            let value = body(&state)
            if state.accounts[account] != before.accounts[account] {
                try Self.keep(state.accounts[account], as: rows.account, in: connection)
            }
            if let address, let row = rows.address, state.addresses[address] != before.addresses[address] {
                try Self.keep(state.addresses[address], as: row, in: connection)
            }
            return value
        }
    }

    /// Deletes what no rule asks for any more.
    static func forgettingChore(limits: HubLimits, clock: HubClock) -> Chore {
        let life = limits.loginDelayMilliseconds + FailureDelays.memory
        return Chore(.directory) { connection in
            try connection.first(
                "SELECT name FROM login_delays WHERE last_at < $1 LIMIT 1", [.timestamp(clock.steady - life)]) != nil
        } work: { transaction in
            try transaction.connection.execute(
                "DELETE FROM login_delays WHERE last_at < $1", [.timestamp(clock.steady - life)])
        }
    }

    private static func entry(
        _ name: String, now: Timestamp, in connection: any SQLConnection
    ) throws -> FailureDelays.Entry? {
        guard
            let row = try connection.first(
                "SELECT failures, last_at, pending, begun_at FROM login_delays WHERE name = $1", [.text(name)])
        else { return nil }
        var entry = FailureDelays.Entry(
            failures: Int(row.integer("failures")), last: row.timestamp("last_at"),
            pending: Int(row.integer("pending")), lastBegun: row.optionalTimestamp("begun_at")
        )
        if let begun = entry.lastBegun, now - begun > patience { (entry.pending, entry.lastBegun) = (0, nil) }
        return entry
    }

    private static func keep(
        _ entry: FailureDelays.Entry?, as name: String, in connection: any SQLConnection
    ) throws {
        guard let entry else {
            try connection.execute("DELETE FROM login_delays WHERE name = $1", [.text(name)])
            return
        }
        try connection.execute(
            """
            INSERT INTO login_delays (name, failures, last_at, pending, begun_at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (name) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at,
                pending = excluded.pending, begun_at = excluded.begun_at
            """,
            [
                .text(name), .integer(Int64(entry.failures)), .timestamp(entry.last), .integer(Int64(entry.pending)),
                .timestamp(entry.lastBegun),
            ]
        )
    }
}
