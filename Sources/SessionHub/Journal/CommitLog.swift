import Database
import StrictJSON
import Synchronization

/// The one order of all commits of the hubs that serve a database, and what each of them must tell the others.
///
/// Under the lock of the writers each commit takes the next number (`hub_commits`) and leaves its news (`hub_news`) in
/// its own transaction, so that numbers have no gaps and become visible in their order. Whoever has seen number n knows
/// everything up to n. A hub publishes the news of others in the order of numbers among its own commits; a hint only
/// says that there are some.
final class CommitLog: Sendable {
    /// The number that a batch has taken.
    struct Turn: Sendable {
        let number: Int64
        /// Whether another hub must hear of the commit.
        let isHeard: Bool
    }

    private struct Position: Sendable {
        /// Everything up to this number was published here; nil before the hub has joined the others.
        var seen: Int64?
        /// The number of this hub's own commit that is under way: nothing behind it may be published before it.
        var underway: Int64?
        var isFollowing = false
        /// Whether there may be news that the present look has missed.
        var isWanted = false
    }

    /// The name of commands that write beside the hubs; none of them can have it.
    static let command = "(command)"

    let database: any SharedDatabase
    /// This hub's name; commands of the command line have one too.
    let node: String
    private let position = Mutex(Position())

    /// Nil for a database that has one hub at a time.
    init?(_ database: any SQLDatabase, node: String) {
        guard let database = database as? any SharedDatabase else { return nil }
        self.database = database
        self.node = node
    }

    /// Everything up to this number was published here.
    var seen: Int64? { position.withLock(\.seen) }

    // MARK: - The writer's half

    /// Takes the next number, as the first statement of a batch.
    func takeTurn(in connection: any SQLConnection) throws -> Turn {
        let row = try connection.first(
            """
            UPDATE hub_commits SET number = number + 1 WHERE id = 1
            RETURNING number, (SELECT COUNT(*) FROM hub_nodes WHERE state = 'up' AND node <> $1) AS others
            """,
            [.text(node)]
        )
        guard let row else { throw HubError(.internal) }
        let turn = Turn(number: row.integer("number"), isHeard: row.integer("others") > 0)
        position.withLock { $0.underway = turn.number }
        return turn
    }

    /// Leaves what the others must learn, as the last statement of a batch.
    func leave(_ news: CommitNews, of turn: Turn, at now: Timestamp, in connection: any SQLConnection) throws {
        guard turn.isHeard, !news.isEmpty else { return }
        try connection.execute(
            "INSERT INTO hub_news (number, node, at, news) VALUES ($1, $2, $3, $4)",
            [.integer(turn.number), .text(node), .timestamp(now), .text(news.json.text)]
        )
    }

    /// From this commit on the hub hears of everything: whatever came before is in the state that it has read in the
    /// same transaction.
    func join(at turn: Turn) { position.withLock { $0.seen = turn.number } }

    /// The numbers before a commit of this hub's own that were not yet published here, for its news to be published
    /// first; nil when there are none.
    func gap(before turn: Turn) -> Range<Int64>? {
        guard let seen, seen + 1 < turn.number else { return nil }
        return seen + 1..<turn.number
    }

    /// Ends the turn of a commit. Call it when everything before it and the commit itself are published.
    ///
    /// - Parameter isPublished: false when what came before it could not be read: that is looked for as if this hub had
    ///   written nothing.
    func settle(_ turn: Turn, isPublished: Bool) {
        position.withLock { position in
            position.underway = nil
            if isPublished, let seen = position.seen { position.seen = max(seen, turn.number) }
        }
    }

    /// Ends the turn of a batch that failed.
    func abandon() { position.withLock { $0.underway = nil } }

    // MARK: - The follower's half

    /// Whether to begin a look for news. False while one is under way, which then looks once more.
    func beginFollowing() -> Bool {
        position.withLock { position in
            guard position.seen != nil else { return false }
            position.isWanted = position.isFollowing
            defer { position.isFollowing = true }
            return !position.isFollowing
        }
    }

    /// Ends a look.
    ///
    /// - Returns: whether to look once more.
    func endFollowing() -> Bool {
        position.withLock { position in
            position.isFollowing = position.isWanted
            position.isWanted = false
            return position.isFollowing
        }
    }

    /// How far a look may be published: nothing behind a commit of one's own that is still under way.
    ///
    /// - Parameter number: the newest commit that the look has seen.
    func limit(_ number: Int64) -> Int64 {
        position.withLock { position in position.underway.map { min(number, $0 - 1) } ?? number }
    }

    /// Everything up to this number is published.
    func advance(to number: Int64) {
        position.withLock { position in position.seen = position.seen.map { max($0, number) } }
    }
}

// MARK: - Reading

extension CommitLog {
    /// News of one commit of another hub.
    struct Entry: Sendable {
        let number: Int64
        let news: CommitNews
    }

    /// What one look at the log has found.
    struct Look: Sendable {
        /// The newest commit of all.
        let number: Int64
        /// The news up to this number are not there any more.
        let forgotten: Int64
        let entries: [Entry]
    }

    /// How much one look reads at most; the next one goes on behind it.
    private static let mostEntries = 500

    /// Looks for what was committed after `seen`.
    func look(after seen: Int64, in connection: any SQLConnection) throws -> Look {
        guard let row = try connection.first("SELECT number, forgotten FROM hub_commits WHERE id = 1") else {
            throw HubError(.internal)
        }
        let number = row.integer("number")
        guard number > seen else { return Look(number: number, forgotten: row.integer("forgotten"), entries: []) }
        let entries = try entries(in: seen + 1..<number + 1, in: connection)
        let isFull = entries.count == Self.mostEntries
        return Look(
            number: isFull ? entries.last?.number ?? number : number, forgotten: row.integer("forgotten"),
            entries: entries
        )
    }

    /// The number of the newest commit.
    static func newest(in connection: any SQLConnection) throws -> Int64 {
        try connection.first("SELECT number FROM hub_commits WHERE id = 1")?.integer("number") ?? 0
    }

    /// The news of other hubs with these numbers, in their order.
    func entries(in numbers: Range<Int64>, in connection: any SQLConnection) throws -> [Entry] {
        try connection.query(
            """
            SELECT number, news FROM hub_news WHERE number >= $1 AND number < $2 AND node <> $3
            ORDER BY number LIMIT \(Self.mostEntries)
            """,
            [.integer(numbers.lowerBound), .integer(numbers.upperBound), .text(node)]
        ).map { row in
            let json = try JSON.parse(Array(row.text("news").utf8), limits: .stored)
            return Entry(number: row.integer("number"), news: try CommitNews(json))
        }
    }

    /// Deletes news that every hub has read long since.
    ///
    /// - Parameter before: the moment up to which they go.
    static func forget(before: Timestamp, in connection: any SQLConnection) throws {
        try connection.execute(
            """
            UPDATE hub_commits SET forgotten = n.number
            FROM (SELECT MAX(number) AS number FROM hub_news WHERE at < $1) n
            WHERE id = 1 AND n.number > forgotten
            """,
            [.timestamp(before)]
        )
        try connection.execute(
            "DELETE FROM hub_news WHERE number <= (SELECT forgotten FROM hub_commits WHERE id = 1)"
        )
    }
}
