import Database

/// Reads and writes what makes a question of a message, and the votes; what writes runs in the writer's transaction.
enum QuestionStore {
    static func question(_ id: Int64, session: Int64, in connection: any SQLConnection) throws -> Question? {
        try connection.first(
            """
            SELECT \(Question.columns) FROM live_session_chat m
            WHERE m.id = $1 AND m.session_id = $2 AND m.message_type = 'question'
            """,
            [.integer(id), .integer(session)]
        ).map(Question.init(row:))
    }

    /// - Parameter how: how it was answered; nil for every other state.
    static func set(
        _ state: Question.State, how: Question.How?, of id: Int64, in connection: any SQLConnection
    ) throws {
        try connection.execute(
            "UPDATE live_session_chat SET state = $2, how = $3 WHERE id = $1",
            [.integer(id), .text(state.rawValue), .optional(how?.rawValue)]
        )
    }

    static func pin(_ id: Int64, on: Bool, in connection: any SQLConnection) throws {
        try connection.execute(
            "UPDATE live_session_chat SET is_pinned = $2 WHERE id = $1", [.integer(id), .bool(on)]
        )
    }

    /// Opens a question for everybody, which the event at `seq` tells.
    static func publish(_ id: Int64, at seq: Int64, in connection: any SQLConnection) throws {
        try connection.execute(
            "UPDATE live_session_chat SET state = 'open', is_public = 1, published_seq = $2 WHERE id = $1",
            [.integer(id), .integer(seq)]
        )
    }

    /// What the asker was to the class when asking; nil for an anonymous question.
    static func askerRole(
        of question: Question, session: Int64, in connection: any SQLConnection
    ) throws -> ClassRole? {
        try connection.first(
            "SELECT e.payload FROM live_session_events e WHERE e.session_id = $1 AND e.seq = $2",
            [.integer(session), .integer(question.seq)]
        ).flatMap(QuestionRow.askerRole)
    }

    // MARK: - Votes

    /// Sets or takes back somebody's vote. A vote that is so already changes nothing.
    ///
    /// - Returns: how many votes the question has now.
    static func vote(
        _ id: Int64, by user: Int64, on: Bool, at: Timestamp, in connection: any SQLConnection
    ) throws -> Int64 {
        let parameters: [SQLValue] = [.integer(id), .integer(user)]
        let isChanged =
            on
            ? try connection.first(
                """
                INSERT INTO question_votes (question_id, user_id, created_at) VALUES ($1, $2, $3)
                ON CONFLICT (question_id, user_id) DO NOTHING RETURNING user_id
                """,
                parameters + [.timestamp(at)]
            ) != nil
            : try connection.first(
                "DELETE FROM question_votes WHERE question_id = $1 AND user_id = $2 RETURNING user_id", parameters
            ) != nil
        let step: Int64 = isChanged ? (on ? 1 : -1) : 0
        let row = try connection.first(
            "UPDATE live_session_chat SET votes = votes + $2 WHERE id = $1 RETURNING votes",
            [.integer(id), .integer(step)]
        )
        return row?.integer("votes") ?? 0
    }

    /// Makes a question part of another one, which gets its votes. Nobody counts twice. The asker of the other one
    /// keeps the vote for this one: a count without it would say who asked, where that is anonymous.
    ///
    /// - Returns: how many votes the other one has now.
    static func merge(_ question: Question, into other: Question, in connection: any SQLConnection) throws -> Int64 {
        try connection.execute(
            """
            UPDATE live_session_chat SET state = 'merged', how = NULL, is_pinned = 0, merged_into = $2 WHERE id = $1
            """,
            [.integer(question.id), .integer(other.id)]
        )
        try connection.execute(
            """
            INSERT INTO question_votes (question_id, user_id, created_at)
            SELECT $2, v.user_id, v.created_at FROM question_votes v WHERE v.question_id = $1
            ON CONFLICT (question_id, user_id) DO NOTHING
            """,
            [.integer(question.id), .integer(other.id)]
        )
        let row = try connection.first(
            """
            UPDATE live_session_chat SET votes = (SELECT COUNT(*) FROM question_votes v WHERE v.question_id = $1)
            WHERE id = $1 RETURNING votes
            """,
            [.integer(other.id)]
        )
        return row?.integer("votes") ?? 0
    }
}
