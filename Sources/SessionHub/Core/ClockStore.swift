import Database
import StrictJSON

/// Keeps the record of the clocks in the database. When somebody sets the wall clock, it also moves what ends by that
/// clock.
enum ClockStore {
    static func read(in connection: any SQLConnection) throws -> ClockRecord? {
        let row = try connection.first("SELECT value FROM hub WHERE name = 'clock'", [])
        guard let json = row.flatMap({ try? JSON.parse(Array($0.text("value").utf8), limits: .request) }) else {
            return nil
        }
        return ClockRecord(json)
    }

    static func save(_ record: ClockRecord, in connection: any SQLConnection) throws {
        try connection.execute(
            """
            INSERT INTO hub (name, value) VALUES ('clock', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value
            """,
            [.text(record.json.text)]
        )
    }

    /// Called after a step of the wall clock. Sign-in links and answers that are kept for a while last as long as was
    /// promised, because their ends move with the clock.
    static func follow(
        _ step: HubClock.Step, record: ClockRecord, in connection: any SQLConnection
    ) throws {
        try connection.execute(
            "UPDATE sign_in_codes SET expires_at = expires_at + $1, made_at = made_at + $1", [.integer(step.by)])
        try connection.execute("UPDATE idempotency_keys SET at = at + $1", [.integer(step.by)])
        try save(record, in: connection)
    }

    /// The wall clock's time minus that of the steady clock, as the serving hub last saw it. It is for work that knows
    /// only the wall clock's time.
    static func difference(in connection: any SQLConnection) throws -> Int64 {
        try read(in: connection)?.difference ?? 0
    }
}
