import Database
import StrictJSON

/// What hubs read of the order of commits.
extension CommitLog {
    /// News of one commit of another hub.
    struct Entry: Sendable {
        let place: Place
        let news: CommitNews
    }

    /// What one look at the log has found.
    struct Look: Sendable {
        /// How far it has come: the newest commit of all, as a rule.
        let end: Place
        /// The news up to this number are not there any more.
        let forgotten: Int64
        /// Whether the log still has what was seen. It has not after a change to a standby that was behind.
        let isWhole: Bool
        let entries: [Entry]
    }

    /// How much one look reads at most; the next one goes on behind it.
    private static let mostEntries = 500

    /// Looks for what was committed after `seen`.
    func look(after seen: Place, in connection: any SQLConnection) throws -> Look {
        guard let row = try connection.first("SELECT number, forgotten FROM hub_commits WHERE id = 1") else {
            throw HubError(.internal)
        }
        let (number, forgotten) = (row.integer("number"), row.integer("forgotten"))
        guard number >= seen.number else {
            return Look(end: seen, forgotten: forgotten, isWhole: false, entries: [])
        }
        let rows = try rows(in: seen.number..<number + 1, in: connection)
        let isKnown = seen.mark == nil || seen.number <= forgotten || rows.first.map(Self.place) == seen
        let newer = rows.filter { $0.integer("number") > seen.number }
        let isFull = rows.count == Self.mostEntries
        let last = newer.last.map(Self.place)
        let end = isFull || last?.number == number ? last ?? seen : Place(number: number, mark: nil)
        return Look(
            end: number == seen.number ? seen : end, forgotten: forgotten, isWhole: isKnown,
            entries: foreign(newer)
        )
    }

    /// The number of the newest commit.
    static func newest(in connection: any SQLConnection) throws -> Int64 {
        try connection.first("SELECT number FROM hub_commits WHERE id = 1")?.integer("number") ?? 0
    }

    /// Whether the log still has the commit up to which something was published here.
    func has(_ seen: Place, in connection: any SQLConnection) throws -> Bool {
        guard let mark = seen.mark else { return true }
        let row = try connection.first("SELECT mark FROM hub_news WHERE number = $1", [.integer(seen.number)])
        return row?.integer("mark") == mark
    }

    /// The news of other hubs with these numbers, in their order, at most `mostEntries` rows of the log.
    ///
    /// - Returns: also how far they go; nil when there are none left.
    func entries(
        in numbers: Range<Int64>, in connection: any SQLConnection
    ) throws -> (entries: [Entry], last: Int64?) {
        let rows = try rows(in: numbers, in: connection)
        return (foreign(rows), rows.last?.integer("number"))
    }

    private func rows(in numbers: Range<Int64>, in connection: any SQLConnection) throws -> [SQLRow] {
        guard !numbers.isEmpty else { return [] }
        return try connection.query(
            """
            SELECT number, mark, node, news FROM hub_news WHERE number >= $1 AND number < $2
            ORDER BY number LIMIT \(Self.mostEntries)
            """,
            [.integer(numbers.lowerBound), .integer(numbers.upperBound)]
        )
    }

    private func foreign(_ rows: [SQLRow]) -> [Entry] {
        rows.filter { $0.text("node") != node }.map { row in
            let json = try? JSON.parse(Array(row.text("news").utf8), limits: .stored)
            return Entry(place: Self.place(row), news: json.flatMap { try? CommitNews($0) } ?? .unreadable)
        }
    }

    private static func place(_ row: SQLRow) -> Place {
        Place(number: row.integer("number"), mark: row.integer("mark"))
    }

    /// Deletes news that every hub has read long since: a part of them, so that nobody waits for it.
    ///
    /// - Parameter before: the moment up to which they go.
    static func forget(before: Timestamp, in connection: any SQLConnection) throws {
        try connection.execute(
            """
            UPDATE hub_commits SET forgotten = n.number
            FROM (
                SELECT MAX(number) AS number FROM (SELECT number, at FROM hub_news ORDER BY number LIMIT 5000) o
                WHERE at < $1
            ) n
            WHERE id = 1 AND n.number > forgotten
            """,
            [.timestamp(before)]
        )
        try connection.execute(
            "DELETE FROM hub_news WHERE number <= (SELECT forgotten FROM hub_commits WHERE id = 1)"
        )
    }
}
