import Database
import StrictJSON

/// Reads and writes what hosts have imposed on people, and the list of who did what. What writes runs in the writer's
/// transaction.
enum ModerationStore {
    // MARK: - Acts

    /// What the column `seq` has where no event tells of an act: events count from 1.
    private static let noEvent: Int64 = 0

    /// Notes an act for the audit list.
    ///
    /// - Parameters:
    ///   - seq: that of the event which tells of the act; nil when none does.
    ///   - actor: who did it; nil for a service of the platform.
    static func note(
        _ act: ModerationAct, session: Int64, seq: Int64?, by actor: Int64?, at: Timestamp,
        in connection: any SQLConnection
    ) throws {
        try connection.execute(
            """
            INSERT INTO moderation_acts
                (session_id, seq, action, user_id, target_id, message_id, scope, until, value, reason, at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            """,
            [
                .integer(session), .integer(seq ?? noEvent), .text(act.action.rawValue), .optional(actor),
                .optional(act.target),
                .optional(act.message), .optional(act.scope?.rawValue), .timestamp(act.until), .optional(act.value),
                .optional(act.reason), .timestamp(at),
            ]
        )
    }

    /// Removes what hosts wrote as a reason of what they did to this person, who is to be forgotten.
    static func removeReasons(about user: Int64, session: Int64, in connection: any SQLConnection) throws {
        try connection.execute(
            "UPDATE moderation_acts SET reason = NULL WHERE session_id = $1 AND target_id = $2",
            [.integer(session), .integer(user)]
        )
    }

    /// What the events at these places say, by seq.
    static func contents(
        session: Int64, _ rows: [EventRow], in connection: any SQLConnection
    ) throws -> [Int64: JSONObject] {
        guard let first = rows.map(\.seq).min(), let last = rows.map(\.seq).max() else { return [:] }
        let acts = try connection.query(
            """
            SELECT seq, action, target_id, message_id, scope, until, value, reason FROM moderation_acts
            WHERE session_id = $1 AND seq BETWEEN $2 AND $3
            """,
            [.integer(session), .integer(first), .integer(last)]
        )
        // One change of the rules may be several acts; no event is told by those.
        return Dictionary(acts.map { ($0.integer("seq"), act($0).members) }, uniquingKeysWith: { first, _ in first })
    }

    private static func act(_ row: SQLRow) -> ModerationAct {
        ModerationAct(
            action: row.word("action"), target: row.optionalInteger("target_id"),
            message: row.optionalInteger("message_id"),
            scope: row.optionalText("scope").flatMap(ModerationAct.Scope.init(rawValue:)),
            until: row.optionalTimestamp("until"), value: row.optionalText("value"), reason: row.optionalText("reason")
        )
    }

    /// A page of the audit list, the newest first, with the names that people have now.
    static func audit(
        session: Int64, _ page: Page, in connection: any SQLConnection
    ) throws -> (rows: [JSON], total: Int64) {
        let total = try connection.first(
            "SELECT COUNT(*) AS total FROM moderation_acts WHERE session_id = $1", [.integer(session)]
        )
        let rows = try connection.query(
            """
            SELECT a.id, a.seq, a.action, a.target_id, a.message_id, a.scope, a.until, a.value, a.reason, a.at, a.user_id,
                u.first_name, u.last_name, u.avatar,
                t.first_name AS t_first_name, t.last_name AS t_last_name, t.avatar AS t_avatar
            FROM moderation_acts a
            LEFT JOIN users u ON u.id = a.user_id
            LEFT JOIN users t ON t.id = a.target_id
            WHERE a.session_id = $1 ORDER BY a.id DESC LIMIT $2 OFFSET $3
            """,
            [.integer(session), .integer(page.limit), .integer(page.offset)]
        )
        return (rows.map(entry), total?.integer("total") ?? 0)
    }

    private static func entry(_ row: SQLRow) -> JSON {
        let (act, seq) = (act(row), row.integer("seq"))
        return [
            "id": .integer(row.integer("id")), "seq": seq == noEvent ? .null : .integer(seq),
            "at": .string(row.timestamp("at").text), "action": .string(act.action.rawValue),
            "by": row.optionalInteger("user_id").map { Person($0, of: row).json } ?? .null,
            "user": act.target.map { Person($0, of: row, prefix: "t_").json } ?? .null,
            "message_id": .optional(act.message),
            "scope": .optional(act.scope?.rawValue), "until": .optional(act.until), "value": .optional(act.value),
            "reason": .optional(act.reason),
        ]
    }

    // MARK: - Sanctions

    /// - Parameter until: nil until it is taken back.
    static func mute(_ user: Int64, in session: Int64, until: Timestamp?, connection: any SQLConnection) throws {
        try set("is_muted = 1, muted_until = $3", user, session, .timestamp(until), connection)
    }

    static func unmute(_ user: Int64, in session: Int64, connection: any SQLConnection) throws {
        try set("is_muted = 0, muted_until = $3", user, session, .null, connection)
    }

    static func remove(_ user: Int64, from session: Int64, at: Timestamp, connection: any SQLConnection) throws {
        try set("removed_at = $3", user, session, .timestamp(at), connection)
    }

    /// Called when somebody comes in again: a removal ends there.
    static func welcomeBack(_ user: Int64, to session: Int64, connection: any SQLConnection) throws {
        try set("removed_at = $3", user, session, .null, connection)
    }

    static func ban(_ user: Int64, from session: Int64, at: Timestamp, connection: any SQLConnection) throws {
        try set("banned_at = $3", user, session, .timestamp(at), connection)
    }

    static func ban(_ user: Int64, fromCourse course: Int64, at: Timestamp, connection: any SQLConnection) throws {
        try connection.execute(
            """
            INSERT INTO course_bans (course_id, user_id, banned_at) VALUES ($1, $2, $3)
            ON CONFLICT (course_id, user_id) DO NOTHING
            """,
            [.integer(course), .integer(user), .timestamp(at)]
        )
    }

    /// Ends the ban from the class and the one from its course.
    static func unban(_ user: Int64, in session: Int64, course: Int64, connection: any SQLConnection) throws {
        try set("banned_at = $3", user, session, .null, connection)
        try connection.execute(
            "DELETE FROM course_bans WHERE course_id = $1 AND user_id = $2", [.integer(course), .integer(user)]
        )
    }

    /// - Parameter assignments: columns and `$3`.
    private static func set(
        _ assignments: String, _ user: Int64, _ session: Int64, _ value: SQLValue, _ connection: any SQLConnection
    ) throws {
        try connection.execute(
            """
            INSERT INTO live_session_sanctions (session_id, user_id) VALUES ($1, $2)
            ON CONFLICT (session_id, user_id) DO NOTHING
            """,
            [.integer(session), .integer(user)]
        )
        try connection.execute(
            "UPDATE live_session_sanctions SET \(assignments) WHERE session_id = $1 AND user_id = $2",
            [.integer(session), .integer(user), value]
        )
    }

    // MARK: - What hosts see

    /// Who is muted and who is banned in a class, for the welcome of a host: `{"muted":[{"user_id","until"}],"banned":
    /// [user ids]}`.
    static func overview(
        session: Int64, course: Int64, now: Timestamp, in connection: any SQLConnection
    ) throws -> JSON {
        let muted = try connection.query(
            """
            SELECT user_id, muted_until FROM live_session_sanctions
            WHERE session_id = $1 AND is_muted = 1 AND (muted_until IS NULL OR muted_until > $2) ORDER BY user_id
            """,
            [.integer(session), .timestamp(now)]
        )
        let banned = try connection.query(
            """
            SELECT user_id FROM live_session_sanctions WHERE session_id = $1 AND banned_at IS NOT NULL
            UNION SELECT user_id FROM course_bans WHERE course_id = $2 ORDER BY user_id
            """,
            [.integer(session), .integer(course)]
        )
        return [
            "muted": .array(
                muted.map {
                    [
                        "user_id": .integer($0.integer("user_id")),
                        "until": .optional($0.optionalTimestamp("muted_until")),
                    ]
                }),
            "banned": .array(banned.map { .integer($0.integer("user_id")) }),
        ]
    }

    /// The bans of a course and of its classes, the newest first.
    static func bans(course: Int64, in connection: any SQLConnection) throws -> [JSON] {
        try connection.query(
            """
            SELECT b.user_id, b.session_id, b.banned_at, u.first_name, u.last_name, u.avatar FROM (
                SELECT user_id, NULL AS session_id, banned_at FROM course_bans WHERE course_id = $1
                UNION ALL
                SELECT x.user_id, x.session_id, x.banned_at FROM live_session_sanctions x
                JOIN live_sessions s ON s.id = x.session_id
                WHERE s.course_id = $1 AND s.deleted_at IS NULL AND x.banned_at IS NOT NULL) b
            JOIN users u ON u.id = b.user_id
            ORDER BY b.banned_at DESC, b.user_id, COALESCE(b.session_id, 0)
            """,
            [.integer(course)]
        ).map { row in
            let session = row.optionalInteger("session_id")
            return [
                "user": Person(row.integer("user_id"), of: row).json,
                "scope": .string((session == nil ? ModerationAct.Scope.course : .session).rawValue),
                "session_id": .optional(session), "banned_at": .string(row.timestamp("banned_at").text),
            ]
        }
    }
}
