import Database
import StrictJSON

/// Reads and writes the materials and the task of a class; what writes runs in the writer's transaction.
enum MaterialStore {
    /// The material that this person added under `clientID`, if any.
    static func added(
        session: Int64, user: Int64, clientID: String, in connection: any SQLConnection
    ) throws -> (id: Int64, seq: Int64)? {
        try connection.first(
            "SELECT id, seq FROM live_session_materials WHERE session_id = $1 AND user_id = $2 AND client_id = $3",
            [.integer(session), .integer(user), .text(clientID)]
        ).map { ($0.integer("id"), $0.integer("seq")) }
    }

    /// Where the material was told of, and whether it is removed.
    static func place(
        of id: Int64, session: Int64, in connection: any SQLConnection
    ) throws -> (seq: Int64, isRemoved: Bool)? {
        try connection.first(
            "SELECT seq, removed_at FROM live_session_materials WHERE id = $1 AND session_id = $2",
            [.integer(id), .integer(session)]
        ).map { ($0.integer("seq"), $0.optionalInteger("removed_at") != nil) }
    }

    /// Those that are up, in the order in which they were added.
    static func all(session: Int64, in connection: any SQLConnection) throws -> [Material] {
        try connection.query(
            """
            SELECT m.id, m.title, m.url, m.created_at, m.user_id, u.first_name, u.last_name, u.avatar
            FROM live_session_materials m LEFT JOIN users u ON u.id = m.user_id
            WHERE m.session_id = $1 AND m.removed_at IS NULL ORDER BY m.seq
            """,
            [.integer(session)]
        ).map { row in
            Material(
                id: row.integer("id"), title: row.text("title"), url: row.text("url"),
                addedAt: row.timestamp("created_at"),
                addedBy: row.optionalInteger("user_id").map { Person($0, of: row) }
            )
        }
    }

    /// - Parameter user: nil for a service of the platform.
    static func insert(
        _ material: NewMaterial, session: Int64, user: Int64?, seq: Int64, at: Timestamp,
        in connection: any SQLConnection
    ) throws -> Int64 {
        let row = try connection.first(
            """
            INSERT INTO live_session_materials (session_id, user_id, seq, client_id, title, url, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id
            """,
            [
                .integer(session), .optional(user), .integer(seq), .optional(material.clientID), .text(material.title),
                .text(material.url), .timestamp(at),
            ]
        )
        guard let row else { throw HubError(.internal) }
        return row.integer("id")
    }

    /// Removes what it says; that there was one stays, for its events and for whoever adds it again.
    static func remove(_ id: Int64, at: Timestamp, in connection: any SQLConnection) throws {
        try connection.execute(
            "UPDATE live_session_materials SET title = NULL, url = NULL, removed_at = $2 WHERE id = $1",
            [.integer(id), .timestamp(at)]
        )
    }

    /// What the materials of these events say now.
    static func contents(
        session: Int64, _ rows: [EventRow], in connection: any SQLConnection
    ) throws -> [Int64: JSONObject] {
        guard let first = rows.map(\.seq).min(), let last = rows.map(\.seq).max() else { return [:] }
        let materials = try connection.query(
            "SELECT seq, title, url FROM live_session_materials WHERE session_id = $1 AND seq BETWEEN $2 AND $3",
            [.integer(session), .integer(first), .integer(last)]
        )
        return Dictionary(
            uniqueKeysWithValues: materials.map { row in
                guard let title = row.optionalText("title"), let url = row.optionalText("url") else {
                    return (row.integer("seq"), ["removed": true])
                }
                return (row.integer("seq"), ["title": .string(title), "url": .string(url)])
            })
    }

    // MARK: - The task

    static func task(session: Int64, in connection: any SQLConnection) throws -> ClassTask? {
        try connection.first(
            """
            SELECT t.task, t.seq, t.set_at, t.user_id, u.first_name, u.last_name, u.avatar
            FROM live_session_tasks t LEFT JOIN users u ON u.id = t.user_id WHERE t.session_id = $1
            """,
            [.integer(session)]
        ).map { row in
            ClassTask(
                text: row.text("task"), seq: row.integer("seq"), setAt: row.timestamp("set_at"),
                setBy: row.optionalInteger("user_id").map { Person($0, of: row) }
            )
        }
    }

    /// - Parameter user: nil for a service of the platform.
    static func set(
        task: String, session: Int64, user: Int64?, seq: Int64, at: Timestamp, in connection: any SQLConnection
    ) throws {
        try connection.execute(
            """
            INSERT INTO live_session_tasks (session_id, user_id, seq, task, set_at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (session_id) DO UPDATE
            SET user_id = excluded.user_id, seq = excluded.seq, task = excluded.task, set_at = excluded.set_at
            """,
            [.integer(session), .optional(user), .integer(seq), .text(task), .timestamp(at)]
        )
    }

    static func removeTask(session: Int64, in connection: any SQLConnection) throws {
        try connection.execute("DELETE FROM live_session_tasks WHERE session_id = $1", [.integer(session)])
    }

    // MARK: -

    /// Notes in the class's own row, which every welcome reads as it is, that there is something to look for.
    static func mark(_ session: LiveSession, in connection: any SQLConnection) throws {
        guard !session.hasMaterials else { return }
        try connection.execute("UPDATE live_sessions SET has_materials = 1 WHERE id = $1", [.integer(session.id)])
    }

    /// The members `materials` and `task` of a class's welcome. A class that never had any is not asked.
    static func welcome(_ session: LiveSession, in connection: any SQLConnection) throws -> JSONObject {
        guard session.hasMaterials else { return ["materials": [], "task": .null] }
        return [
            "materials": .array(try all(session: session.id, in: connection).map { .object($0.shown) }),
            "task": .optional(try task(session: session.id, in: connection)?.text),
        ]
    }
}
