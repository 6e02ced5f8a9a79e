import Database
import StrictJSON

/// A question as lists and welcomes show it.
struct QuestionRow: Sendable {
    let question: Question
    /// Nil once it is deleted.
    let text: String?
    let asker: Person
    /// What the asker was to the class when asking.
    let askerRole: ClassRole?
    let askedAt: Timestamp
    let mergedInto: Int64?
    let hasVoted: Bool

    /// - Parameter reader: whose list it is. Nobody sees who asked an anonymous question, but everybody knows their
    ///   own.
    func json(for reader: Int64) -> JSONObject {
        var object = json
        object["voted"] = .bool(hasVoted)
        if question.askerID == reader { object["own"] = true }
        return object
    }

    /// What is the same for everybody who sees it.
    var json: JSONObject {
        var object: JSONObject = [
            "id": .integer(question.id), "seq": .integer(question.seq), "at": .string(askedAt.text),
            "user": question.isAnonymous ? .null : Actor(asker, role: askerRole).json, "text": .optional(text),
            "state": .string(question.state.rawValue),
        ]
        if let how = question.how { object["how"] = .string(how.rawValue) }
        object["votes"] = .integer(question.votes)
        object["pinned"] = .bool(question.isPinned)
        if question.isAnonymous { object["anonymous"] = true }
        if question.isPrivate { object["private"] = true }
        if let mergedInto { object["merged_into"] = .integer(mergedInto) }
        return object
    }
}

extension QuestionRow {
    /// The columns that `init(row:)` needs, selected from `tables`.
    static let columns = """
        \(Question.columns), m.message, m.created_at, m.merged_into, e.payload, v.user_id AS voter,
            u.first_name, u.last_name, u.avatar
        """

    /// Questions `m` with their events and askers, and the vote of `$2`.
    static let tables = """
        FROM live_session_chat m
        JOIN live_session_events e ON e.session_id = m.session_id AND e.seq = m.seq
        JOIN users u ON u.id = m.user_id
        LEFT JOIN question_votes v ON v.question_id = m.id AND v.user_id = $2
        """

    /// The questions of the class `$1` that are not deleted and that the reader `$2` may see, who is a host or not
    /// (`$3`).
    static let visible = """
        m.session_id = $1 AND m.message_type = 'question' AND m.deleted_at IS NULL
            AND (m.is_public = 1 OR $3 = 1 OR m.user_id = $2)
        """

    init(row: SQLRow) throws {
        question = Question(row: row)
        text = row.optionalText("message")
        asker = Person(question.askerID, of: row)
        askerRole = try Self.askerRole(row)
        askedAt = row.timestamp("created_at")
        mergedInto = row.optionalInteger("merged_into")
        hasVoted = row.optionalInteger("voter") != nil
    }

    /// By the payload of the question's own event.
    static func askerRole(_ row: SQLRow) throws -> ClassRole? {
        let payload = try JSON.parse(Array(row.text("payload").utf8), limits: .stored)
        return payload["actor_role"]?.stringValue.flatMap(ClassRole.init(rawValue:))
    }
}
