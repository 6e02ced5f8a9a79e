import Database
import Tokens

/// Facts about the database itself.
enum HubStore {
    /// The epoch under which positions of this database are valid. It is random and made at first use. Call it in the
    /// writer's transaction.
    static func epoch(in connection: any SQLConnection) throws -> String {
        try connection.execute(
            "INSERT INTO hub (name, value) VALUES ('epoch', $1) ON CONFLICT (name) DO NOTHING",
            [.text(Hex.encode(Random.bytes(16)))]
        )
        guard let row = try connection.first("SELECT value FROM hub WHERE name = 'epoch'", []) else {
            throw HubError(.internal)
        }
        return row.text("value")
    }

    /// Makes a new epoch for a copy of a database. It may develop differently from its original, so that positions in
    /// one mean nothing in the other.
    static func renewEpoch(in connection: any SQLConnection) throws {
        try connection.execute("DELETE FROM hub WHERE name = 'epoch'", [])
        _ = try epoch(in: connection)
    }

    /// Reads something: throws when the store does not answer.
    static func touch(in connection: any SQLConnection) throws { _ = try connection.first("SELECT 1 AS one") }

    /// Writes something that is new each time, so that the commit reaches the disk: SQLite leaves a page alone whose
    /// content stays the same.
    static func probe(in connection: any SQLConnection) throws {
        try connection.execute(
            """
            INSERT INTO hub (name, value) VALUES ('write_probe', $1)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value
            """,
            [.text(Hex.encode(Random.bytes(16)))]
        )
    }
}
