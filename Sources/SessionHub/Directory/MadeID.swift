import Database

/// Ids for people and courses that the platform has not named itself: from 1,000,000,000 up, so that its own do not meet
/// them.
package enum MadeID: String {
    case users, courses

    package static let first: Int64 = 1_000_000_000

    /// Takes ids that nobody has, in the writer's transaction. None is ever given again, not even after a deletion: a token
    /// may outlive its person.
    ///
    /// - Returns: the first of `count` ids in a row.
    func take(_ count: Int64 = 1, in connection: any SQLConnection) throws -> Int64 {
        let name = "newest_made_id_of_\(rawValue)"
        let row = try connection.first("SELECT value FROM hub WHERE name = $1", [.text(name)])
        var newest = row.flatMap { Int64($0.text("value")) } ?? Self.first - 1
        // The platform may have named some of them after all.
        while let taken = try connection.first(
            "SELECT MAX(id) AS id FROM \(rawValue) WHERE id > $1 AND id <= $2",
            [.integer(newest), .integer(newest + count)]
        )?.optionalInteger("id") {
            newest = taken
        }
        try connection.execute(
            "INSERT INTO hub (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            [.text(name), .text(String(newest + count))]
        )
        return newest + 1
    }
}
