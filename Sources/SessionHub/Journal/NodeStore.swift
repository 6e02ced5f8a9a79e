import Database

/// What a hub tells the others of its database about itself.
struct NodeIdentity: Sendable {
    /// Its name, which no other has.
    let node: String
    let version: String
    /// A keyed hash that is the same for all who have the same secret (`TokenService.keyCheck`).
    let keyCheck: String
}

/// The hubs that serve one database (`hub_nodes`).
enum NodeStore {
    /// A hub as the others see it.
    struct Node: Sendable, Equatable {
        enum State: String, Sendable {
            case up, left, lost
        }

        let name: String
        let state: State
        /// Grows with each start.
        let incarnation: Int64
        /// The newest beat, by the steady clock.
        let seenAt: Timestamp
        let startedAt: Timestamp
        let version: String
        /// Tells whether the hub signs with the same secret as the others.
        let keyCheck: String
    }

    /// Called at a start: the node is up from this commit on.
    static func enter(
        _ identity: NodeIdentity, at moment: HubClock.Moment, in connection: any SQLConnection
    ) throws {
        try connection.execute(
            """
            INSERT INTO hub_nodes (node, incarnation, state, seen_at, started_at, version, key_check)
            VALUES ($1, COALESCE((SELECT incarnation FROM hub_lanes WHERE node = $1 AND lane = 0), 0), 'up', $2, $3, $4, $5)
            ON CONFLICT (node) DO UPDATE SET incarnation = excluded.incarnation, state = 'up',
                seen_at = excluded.seen_at, started_at = excluded.started_at, version = excluded.version,
                key_check = excluded.key_check
            """,
            [
                .text(identity.node), .timestamp(moment.steady), .timestamp(moment.wall), .text(identity.version),
                .text(identity.keyCheck),
            ]
        )
    }

    static func beat(_ name: String, at: Timestamp, in connection: any SQLConnection) throws {
        try connection.execute("UPDATE hub_nodes SET seen_at = $1 WHERE node = $2", [.timestamp(at), .text(name)])
    }

    /// Called at a stop: whatever the node had is free for the others, as of `at`.
    static func leave(_ name: String, at: Timestamp, in connection: any SQLConnection) throws {
        try connection.execute(
            "UPDATE hub_nodes SET state = 'left', seen_at = $1 WHERE node = $2", [.timestamp(at), .text(name)]
        )
    }

    /// Ends the life of a node that was not heard of any more. From this commit on nothing of that life can be
    /// committed: its transactions are marked in the row of its lane, which now has another incarnation.
    ///
    /// - Parameter seen: its newest beat as the caller knows it.
    /// - Returns: false when it has beaten since, or has begun another life.
    static func declareLost(_ node: Node, in connection: any SQLConnection) throws -> Bool {
        let isLost = try connection.execute(
            """
            UPDATE hub_nodes SET state = 'lost'
            WHERE node = $1 AND state = 'up' AND seen_at = $2 AND incarnation = $3
            """,
            [.text(node.name), .timestamp(node.seenAt), .integer(node.incarnation)]
        )
        guard isLost > 0 else { return false }
        try connection.execute(
            "UPDATE hub_lanes SET incarnation = incarnation + 1 WHERE node = $1 AND incarnation = $2",
            [.text(node.name), .integer(node.incarnation)]
        )
        return true
    }

    static func find(_ name: String, in connection: any SQLConnection) throws -> Node? {
        try connection.first("\(select) WHERE node = $1", [.text(name)]).map(node)
    }

    static func all(in connection: any SQLConnection) throws -> [Node] {
        try connection.query("\(select) ORDER BY node").map(node)
    }

    private static let select =
        "SELECT node, incarnation, state, seen_at, started_at, version, key_check FROM hub_nodes"

    private static func node(_ row: SQLRow) -> Node {
        Node(
            name: row.text("node"), state: row.word("state"), incarnation: row.integer("incarnation"),
            seenAt: row.timestamp("seen_at"), startedAt: row.timestamp("started_at"), version: row.text("version"),
            keyCheck: row.text("key_check")
        )
    }
}
