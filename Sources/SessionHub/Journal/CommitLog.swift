import Database
import StrictJSON
import Synchronization
import Tokens

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
        /// The mark of the commit before it.
        let former: Int64

        /// What the log has of it.
        var place: Place { Place(number: number, mark: isHeard ? mark : nil) }
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
        /// The connections up to which a commit of this hub's own has come back: everything that was there before it
        /// is where it was promised to be.
        var provenCount = 0

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
    /// Hides what is told from everybody but the hubs; nil for whoever tells nothing.
    private let box: SecretBox?
    private let position = Mutex(Position())

    /// Nil for a database that has one hub at a time.
    init?(_ database: any SQLDatabase, node: String, box: SecretBox? = nil) {
        guard let database = database as? any SharedDatabase else { return nil }
        self.box = box
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
        let turn = Turn(
            number: row.integer("number"), isHeard: row.integer("others") > 0, mark: request.mark,
            former: row.integer("former"))
        if let seen {
            let isNext = turn.number == seen.number + 1
            guard turn.number > seen.number, !isNext || seen.mark == nil || seen.mark == turn.former else {
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

    /// A commit of this hub's own has come back.
    ///
    /// - Parameter count: of the database's connections while its transaction was open.
    func prove(_ count: Int) { position.withLock { $0.provenCount = max($0.provenCount, count) } }

    // MARK: - The follower's half

    /// Whether what was just read from the database can be lost no more. After the server has started anew it shows
    /// commits for whose standbys their hubs still wait, and which a standby that takes over does not have.
    var isProven: Bool { database.connectionCount <= position.withLock(\.provenCount) }

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

// MARK: - Telling

extension CommitLog {
    /// More events than this do not fit.
    private static let mostTold = 32

    /// Tells the other hubs of a commit, after it.
    func tell(_ turn: Turn, _ news: CommitNews, _ events: [ServerEvent], _ changes: [HomeChange]) {
        if events.count <= Self.mostTold, let hint = whole(turn, news, events, changes) { return database.tell(hint) }
        if !news.isEmpty { database.tell(NodeHint.commit(turn.number).text) }
    }

    /// The hint that carries the commit; nil when it cannot.
    private func whole(
        _ turn: Turn, _ news: CommitNews, _ events: [ServerEvent], _ changes: [HomeChange]
    ) -> String? {
        guard let box, let text = ToldCommit.json(turn, news, events, changes)?.text else { return nil }
        let hint = NodeHint.told(Base64URL.encode(box.seal(Array(text.utf8)))).text
        return hint.utf8.count <= type(of: database).mostHintBytes ? hint : nil
    }

    /// What was told; nil when no hub of this secret has told it.
    func open(_ told: String) -> JSON? {
        guard let box, let bytes = Base64URL.decode(told), let text = box.open(bytes) else { return nil }
        return try? JSON.parse(text, limits: .stored)
    }
}
