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
        /// Random: tells this commit from another one that took its number after a loss.
        let mark: Int64

        /// What the log has of it.
        fileprivate var place: Place { Place(number: number, mark: isHeard ? mark : nil) }
    }

    /// A commit up to which something is known; without a mark where none was written.
    struct Place: Sendable, Equatable {
        let number: Int64
        let mark: Int64?
    }

    private struct Position: Sendable {
        /// Everything up to this commit was published here; nil before the hub has joined the others.
        var seen: Place?
        /// The number of this hub's own commit that is under way: nothing behind it may be published before it.
        var underway: Int64?
        var isFollowing = false
        /// Whether there may be news that the present look has missed.
        var isWanted = false

        mutating func advance(to place: Place) {
            if let seen, seen.number < place.number { self.seen = place }
        }
    }

    /// Why the process must end when the log is not the one that it has followed.
    static let broken =
        "the database has lost commits of the other hubs, as after a change to a standby that was behind"

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

    /// Everything up to this commit was published here.
    var seen: Place? { position.withLock(\.seen) }

    // MARK: - The writer's half

    /// A number that was asked for and has not yet come.
    struct Request {
        fileprivate let mark: Int64
        fileprivate let answer: any SQLAnswer
    }

    /// Asks for the next number, as the first statement of a batch.
    func askForTurn(in connection: any SQLConnection) throws -> Request {
        let mark = Int64.random(in: .min ... .max)
        // The inner SELECTs see the row as it was before: the mark of the commit before this one.
        let answer = try connection.later(
            """
            UPDATE hub_commits SET number = number + 1, mark = $2 WHERE id = 1
            RETURNING number, (SELECT c.mark FROM hub_commits c WHERE c.id = 1) AS former,
                (SELECT COUNT(*) FROM hub_nodes WHERE state = 'up' AND node <> $1) AS others
            """,
            [.text(node), .integer(mark)]
        )
        return Request(mark: mark, answer: answer)
    }

    /// Takes the number that was asked for.
    func takeTurn(_ request: Request) throws -> Turn {
        guard let row = try request.answer.first() else { throw HubError(.internal) }
        let turn = Turn(number: row.integer("number"), isHeard: row.integer("others") > 0, mark: request.mark)
        if let seen {
            let isNext = turn.number == seen.number + 1
            guard turn.number > seen.number, !isNext || seen.mark == nil || seen.mark == row.integer("former") else {
                throw SQLError(.fenced, Self.broken)
            }
        }
        position.withLock { $0.underway = turn.number }
        return turn
    }

    /// Leaves what the others must learn, as the last statement of a batch.
    func leave(_ news: CommitNews, of turn: Turn, at now: Timestamp, in connection: any SQLConnection) throws {
        guard turn.isHeard else { return }
        _ = try connection.later(
            "INSERT INTO hub_news (number, mark, node, at, news) VALUES ($1, $2, $3, $4, $5)",
            [
                .integer(turn.number), .integer(turn.mark), .text(node), .timestamp(now), .text(news.json.text),
            ]
        )
    }

    /// From this commit on the hub hears of everything: whatever came before is in the state that it has read in the
    /// same transaction.
    func join(at turn: Turn) { position.withLock { $0.seen = turn.place } }

    /// The numbers before a commit of this hub's own that were not yet published here, for its news to be published
    /// first; nil when there are none.
    func gap(before turn: Turn) -> Range<Int64>? {
        guard let seen, seen.number + 1 < turn.number else { return nil }
        return seen.number + 1..<turn.number
    }

    /// Ends the turn of a commit. Call it when everything before it and the commit itself are published.
    ///
    /// - Parameter isPublished: false when what came before it could not be read: that is looked for as if this hub had
    ///   written nothing.
    func settle(_ turn: Turn, isPublished: Bool) {
        position.withLock { position in
            position.underway = nil
            if isPublished { position.advance(to: turn.place) }
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

    /// Everything up to this commit is published.
    func advance(to place: Place) { position.withLock { $0.advance(to: place) } }
}

// MARK: - Reading

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
