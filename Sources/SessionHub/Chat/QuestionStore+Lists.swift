import Database
import StrictJSON

/// Lists of questions.
extension QuestionStore {
    enum Sort: String, Sendable, CaseIterable {
        case top, new, unanswered

        /// For ORDER BY.
        var order: String {
            switch self {
            case .top: "m.votes DESC, m.id"
            case .new: "m.id DESC"
            case .unanswered: "m.state NOT IN ('open', 'pending'), m.id"
            }
        }
    }

    /// Who reads, and whether as a host.
    struct Reader: Sendable {
        let user: Int64
        let isHost: Bool

        func parameters(in session: Int64) -> [SQLValue] { [.integer(session), .integer(user), .bool(isHost)] }
    }

    private static let (mostShown, mostBytes) = (200, 128 * 1024)

    /// A welcome's `questions`, encoded: those that are pending, open or pinned, the pinned first, then what waits for
    /// approval, then those with the most votes; as many as a welcome has room for.
    ///
    /// Of each question only what concerns the reader is read and written anew.
    ///
    /// - Parameter seq: the head of the journal in what the connection reads. Every change of a question is an event,
    ///   but for the votes.
    static func current(
        session: Int64, for reader: Reader, at seq: Int64, cache: WelcomeCache, in connection: any SQLConnection
    ) throws -> [UInt8] {
        let rows = try connection.query(currentQuery, reader.parameters(in: session))
        var bytes: [UInt8] = [UInt8(ascii: "[")]
        for row in rows {
            let id = row.integer("id")
            let shared = try cache.part(id, version: row.integer("votes"), at: seq) {
                try encoded(id, session: session, in: connection)
            }
            let own = row.integer("user_id") == reader.user ? ",\"own\":true" : ""
            let rest = ",\"voted\":\(row.optionalInteger("voter") != nil)\(own)}"
            guard bytes.count + shared.count + rest.utf8.count + 2 <= mostBytes else { break }
            if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
            bytes += shared
            bytes += rest.utf8
        }
        bytes.append(UInt8(ascii: "]"))
        return bytes
    }

    private static let currentQuery = """
        SELECT m.id, m.votes, m.user_id, v.user_id AS voter FROM live_session_chat m
        LEFT JOIN question_votes v ON v.question_id = m.id AND v.user_id = $2
        WHERE \(QuestionRow.visible) AND (m.state IN ('pending', 'open') OR m.is_pinned = 1)
        ORDER BY m.is_pinned DESC, m.state = 'pending' DESC, m.votes DESC, m.id LIMIT \(mostShown)
        """

    /// The object of a question, without what differs between its readers and without its closing brace.
    private static func encoded(_ id: Int64, session: Int64, in connection: any SQLConnection) throws -> [UInt8] {
        let row = try connection.first(rowQuery, [.integer(session), .integer(0), .integer(id)])
        guard let row else { throw HubError(.internal) }
        return JSON.object(try QuestionRow(row: row).json).encoded().dropLast()
    }

    private static let rowQuery = """
        SELECT \(QuestionRow.columns) \(QuestionRow.tables) WHERE m.session_id = $1 AND m.id = $3
        """

    /// A page of the questions that the reader may see, each with how many of its answers they may see.
    static func page(
        session: Int64, state: Question.State?, sort: Sort, _ page: Page, for reader: Reader,
        in connection: any SQLConnection
    ) throws -> (rows: [JSON], total: Int64) {
        let parameters = reader.parameters(in: session) + [.text(state?.rawValue ?? "")]
        let condition = "\(QuestionRow.visible) AND ($4 = '' OR m.state = $4)"
        let total = try connection.first(
            "SELECT COUNT(*) AS total FROM live_session_chat m WHERE \(condition)", parameters
        )
        let rows = try connection.query(
            """
            SELECT \(QuestionRow.columns), (
                    SELECT COUNT(*) FROM live_session_chat a
                    JOIN live_session_events ae ON ae.session_id = a.session_id AND ae.seq = a.seq
                    WHERE a.reply_to = m.id AND a.deleted_at IS NULL
                        AND (ae.audience = 'all' OR $3 = 1 OR ae.audience = 'user:' || $2)) AS answers
            \(QuestionRow.tables)
            WHERE \(condition) ORDER BY \(sort.order) LIMIT $5 OFFSET $6
            """,
            parameters + [.integer(page.limit), .integer(page.offset)]
        ).map { row in
            var object = try QuestionRow(row: row).json(for: reader.user)
            object["answers"] = .integer(row.integer("answers"))
            return JSON.object(object)
        }
        return (rows, total?.integer("total") ?? 0)
    }

    /// All questions of a class in the order of asking, each with its answers.
    static func all(
        session: Int64, in connection: any SQLConnection
    ) throws -> [(row: QuestionRow, answers: [Answer])] {
        let answers = try connection.query(
            """
            SELECT a.reply_to, a.user_id, a.message, u.first_name, u.last_name, u.avatar FROM live_session_chat a
            JOIN users u ON u.id = a.user_id
            WHERE a.session_id = $1 AND a.reply_to IS NOT NULL AND a.message IS NOT NULL ORDER BY a.seq
            """,
            [.integer(session)]
        ).map { row in
            Answer(
                question: row.integer("reply_to"), author: Person(row.integer("user_id"), of: row),
                text: row.text("message"))
        }
        let byQuestion = Dictionary(grouping: answers, by: \.question)
        return try connection.query(
            """
            SELECT \(QuestionRow.columns) \(QuestionRow.tables)
            WHERE \(QuestionRow.visible) ORDER BY m.seq
            """,
            Reader(user: 0, isHost: true).parameters(in: session)
        ).map { row in
            let row = try QuestionRow(row: row)
            return (row, byQuestion[row.question.id] ?? [])
        }
    }

    struct Answer: Sendable {
        let question: Int64
        let author: Person
        let text: String
    }
}
