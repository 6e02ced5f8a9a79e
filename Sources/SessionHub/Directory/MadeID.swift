import Database

/// Ids for people and courses that the platform has not named itself: from 1,000,000,000 up, where few platforms have
/// ids of their own. Who was made here is a fact in the store (`users.is_local`), whatever the id.
enum MadeID: String {
    case users, courses

    static let first: Int64 = 1_000_000_000

    /// Takes ids that nobody has, in the writer's transaction. None is ever given again, not even after a deletion: a
    /// token may outlive its person.
    ///
    /// - Returns: the first of `count` ids in a row.
    func take(_ count: Int64 = 1, in connection: any SQLConnection) throws -> Int64 {
        let name = "newest_made_id_of_\(rawValue)"
        let row = try connection.first("SELECT value FROM hub WHERE name = $1", [.text(name)])
        var newest = row.flatMap { Int64($0.text("value")) } ?? Self.first - 1
        // The platform may have ids up here as well, even many in a row. The search goes on behind the first id that
        // has enough free ones after it.
        let taken = try connection.first(
            "SELECT id FROM \(rawValue) WHERE id > $1 AND id <= $2 LIMIT 1",
            [.integer(newest), .integer(newest + count)]
        )
        if taken != nil {
            newest =
                try connection.first(
                    """
                    SELECT t.id FROM \(rawValue) t WHERE t.id > $1 AND NOT EXISTS (
                        SELECT 1 FROM \(rawValue) n WHERE n.id > t.id AND n.id <= t.id + $2)
                    ORDER BY t.id LIMIT 1
                    """,
                    [.integer(newest), .integer(count)]
                )?.integer("id") ?? newest
        }
        try connection.execute(
            "INSERT INTO hub (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            [.text(name), .text(String(newest + count))]
        )
        return newest + 1
    }
}
