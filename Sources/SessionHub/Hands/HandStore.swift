import Database

/// Raised hands: the column `hand_place` of the participants, a number that orders the hands of one class. A trigger
/// lowers the hand of whoever loses the seat on the channel.
enum HandStore {
    /// Raises a hand behind all others; one that is up keeps its place.
    ///
    /// - Returns: its place; nil for somebody without a seat on the channel.
    static func raise(_ user: Int64, in session: Int64, _ connection: any SQLConnection) throws -> Int64? {
        try connection.first(
            """
            UPDATE live_session_participants SET hand_place = COALESCE(hand_place, (
                SELECT COALESCE(MAX(h.hand_place), 0) + 1 FROM live_session_participants h
                WHERE h.session_id = $1 AND h.hand_place IS NOT NULL))
            WHERE session_id = $1 AND user_id = $2 AND seat = 'channel' RETURNING hand_place
            """,
            [.integer(session), .integer(user)]
        )?.integer("hand_place")
    }

    static func lower(_ user: Int64, in session: Int64, _ connection: any SQLConnection) throws {
        try connection.execute(
            """
            UPDATE live_session_participants SET hand_place = NULL
            WHERE session_id = $1 AND user_id = $2 AND hand_place IS NOT NULL
            """,
            [.integer(session), .integer(user)]
        )
    }

    /// The place of somebody's raised hand; nil when it is down.
    static func place(of user: Int64, in session: Int64, _ connection: any SQLConnection) throws -> Int64? {
        try connection.first(
            "SELECT hand_place FROM live_session_participants WHERE session_id = $1 AND user_id = $2",
            [.integer(session), .integer(user)]
        )?.optionalInteger("hand_place")
    }

    /// Whose hand was raised first; nil when all are down.
    static func first(of session: Int64, _ connection: any SQLConnection) throws -> Int64? {
        try connection.first(
            """
            SELECT user_id FROM live_session_participants
            WHERE session_id = $1 AND hand_place IS NOT NULL ORDER BY hand_place LIMIT 1
            """,
            [.integer(session)]
        )?.integer("user_id")
    }
}
