import Database

/// Who is on a channel at which of several hubs (`live_session_places`): what one hub alone knows from its own
/// connections. All of it runs inside the writer's transaction, so that for two hubs one of them is always the first.
///
/// A person may be connected at several nodes. When the last connection of all is lost, the place stays as lost at that
/// node, which ends it after the grace; so there is at most one lost place of a person in a class, and none beside a
/// connection.
struct PlaceStore: Sendable {
    /// A place with its person as others see them.
    struct Place: Sendable, Equatable {
        let session: Int64
        let person: Person
        let role: ClassRole
        let node: String
        /// The place of the raised hand; nil when it is down.
        let hand: Int64?
    }

    /// A place that is gone.
    struct Gone: Sendable, Equatable {
        let session: Int64
        let user: Int64
        let node: String
    }

    let node: String

    /// Somebody is connected at this node.
    ///
    /// - Returns: whether that is news, and the nodes at which they had a place that is now gone.
    func come(
        _ user: Int64, as role: ClassRole, to session: Int64, in connection: any SQLConnection
    ) throws -> (isNew: Bool, gone: [Gone]) {
        let changed = try connection.execute(
            """
            INSERT INTO live_session_places (session_id, user_id, node, role) VALUES ($1, $2, $3, $4)
            ON CONFLICT (session_id, user_id, node) DO UPDATE SET role = excluded.role, lost_at = NULL
            WHERE live_session_places.lost_at IS NOT NULL OR live_session_places.role <> excluded.role
            """,
            [.integer(session), .integer(user), .text(node), .text(role.rawValue)]
        )
        guard changed > 0 else { return (false, []) }
        let gone = try connection.query(
            """
            DELETE FROM live_session_places
            WHERE session_id = $1 AND user_id = $2 AND node <> $3 AND lost_at IS NOT NULL RETURNING node
            """,
            [.integer(session), .integer(user), .text(node)]
        )
        return (true, gone.map { Gone(session: session, user: user, node: $0.text("node")) })
    }

    /// Somebody's last connection at this node is lost. The place is kept, unless they are connected elsewhere: then
    /// that place learns of this sign of life, because its connection may turn out to be dead for longer.
    ///
    /// - Parameter at: the last sign of life, by the steady clock.
    /// - Returns: the last sign of life at any node, when they are connected nowhere now; otherwise nil.
    func lose(
        _ user: Int64, from session: Int64, at: Timestamp, in connection: any SQLConnection
    ) throws -> Timestamp? {
        let others = try connection.execute(
            """
            UPDATE live_session_places SET seen_at = GREATEST(COALESCE(seen_at, $4), $4)
            WHERE session_id = $1 AND user_id = $2 AND node <> $3
            """,
            [.integer(session), .integer(user), .text(node), .timestamp(at)]
        )
        guard others == 0 else {
            try remove(user, from: session, in: connection)
            return nil
        }
        let row = try connection.first(
            """
            UPDATE live_session_places SET lost_at = GREATEST(COALESCE(seen_at, $4), $4)
            WHERE session_id = $1 AND user_id = $2 AND node = $3 RETURNING lost_at
            """,
            [.integer(session), .integer(user), .text(node), .timestamp(at)]
        )
        return row?.timestamp("lost_at") ?? at
    }

    /// Somebody's place at this node is over.
    ///
    /// - Returns: whether they have none elsewhere either.
    func leave(_ user: Int64, from session: Int64, in connection: any SQLConnection) throws -> Bool {
        try remove(user, from: session, in: connection)
        return try !isElsewhere(user, in: session, connection)
    }

    /// Somebody who is there has another role now.
    func change(_ user: Int64, to role: ClassRole, in session: Int64, _ connection: any SQLConnection) throws {
        try connection.execute(
            "UPDATE live_session_places SET role = $4 WHERE session_id = $1 AND user_id = $2 AND node = $3",
            [.integer(session), .integer(user), .text(node), .text(role.rawValue)]
        )
    }

    private func remove(_ user: Int64, from session: Int64, in connection: any SQLConnection) throws {
        try connection.execute(
            "DELETE FROM live_session_places WHERE session_id = $1 AND user_id = $2 AND node = $3",
            [.integer(session), .integer(user), .text(node)]
        )
    }

    private func isElsewhere(_ user: Int64, in session: Int64, _ connection: any SQLConnection) throws -> Bool {
        try connection.first(
            "SELECT 1 AS found FROM live_session_places WHERE session_id = $1 AND user_id = $2 AND node <> $3 LIMIT 1",
            [.integer(session), .integer(user), .text(node)]
        ) != nil
    }
}

// MARK: - Nodes that serve no more

extension PlaceStore {
    /// Takes the places over that a node had which serves no more, or this node before its start: attendance is held
    /// where that node was last seen, and the places count as lost then. Those of people who have one elsewhere, and in
    /// classes that are over, go.
    ///
    /// - Parameter seen: the node's newest beat, by the steady clock.
    func takeOver(from former: String, seen: Timestamp, in connection: any SQLConnection) throws -> [Gone] {
        let gone = try delete(
            """
            node = $1 AND (
                EXISTS (SELECT 1 FROM live_session_places o WHERE o.session_id = live_session_places.session_id
                    AND o.user_id = live_session_places.user_id AND o.node <> $1)
                OR session_id IN (
                    SELECT id FROM live_sessions WHERE status NOT IN ('scheduled', 'live') OR deleted_at IS NOT NULL))
            """,
            of: former, in: connection
        )
        try connection.execute(
            """
            UPDATE live_session_attendance a SET is_held = 1,
                last_seen_at = GREATEST(a.last_seen_at, GREATEST(COALESCE(p.seen_at, $2), $2) + s.clock_shift)
            FROM live_session_places p, live_sessions s
            WHERE p.node = $1 AND p.lost_at IS NULL AND s.id = p.session_id AND a.session_id = p.session_id
                AND a.user_id = p.user_id AND a.left_at IS NULL AND a.is_held = 0
            """,
            [.text(former), .timestamp(seen)]
        )
        try connection.execute(
            """
            UPDATE live_session_places SET node = $2, lost_at = COALESCE(lost_at, GREATEST(COALESCE(seen_at, $3), $3))
            WHERE node = $1
            """,
            [.text(former), .text(node), .timestamp(seen)]
        )
        return gone
    }

    private func delete(
        _ condition: String, of former: String, in connection: any SQLConnection
    ) throws -> [Gone] {
        try connection.query(
            "DELETE FROM live_session_places WHERE \(condition) RETURNING session_id, user_id", [.text(former)]
        ).map { Gone(session: $0.integer("session_id"), user: $0.integer("user_id"), node: former) }
    }

    /// Gives everybody who has a seat by a channel and no place one of nobody's, as after a copy of the data from a hub
    /// that had it for itself.
    static func adopt(in connection: any SQLConnection) throws {
        try connection.execute(
            """
            INSERT INTO live_session_places (session_id, user_id, node, role)
            SELECT m.session_id, m.user_id, '', m.role FROM live_session_participants m
            WHERE m.seat = 'channel' AND NOT EXISTS (SELECT 1 FROM live_session_places p
                WHERE p.session_id = m.session_id AND p.user_id = m.user_id)
            """
        )
    }

    /// The nodes of which places are left though they do not serve.
    static func orphaned(in connection: any SQLConnection) throws -> [String] {
        try connection.query(
            """
            SELECT DISTINCT p.node FROM live_session_places p LEFT JOIN hub_nodes n ON n.node = p.node AND n.state = 'up'
            WHERE n.node IS NULL ORDER BY p.node
            """
        ).map { $0.text("node") }
    }

    /// All places, with their people and hands.
    static func all(in connection: any SQLConnection) throws -> [Place] {
        try connection.query(
            """
            SELECT p.session_id, p.user_id, p.node, p.role, m.hand_place, u.first_name, u.last_name, u.avatar
            FROM live_session_places p JOIN users u ON u.id = p.user_id
            LEFT JOIN live_session_participants m ON m.session_id = p.session_id AND m.user_id = p.user_id
            ORDER BY p.session_id, p.user_id, p.node
            """
        ).map { row in
            Place(
                session: row.integer("session_id"), person: Person(row.integer("user_id"), of: row),
                role: row.word("role"), node: row.text("node"), hand: row.optionalInteger("hand_place")
            )
        }
    }
}
