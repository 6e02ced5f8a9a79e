import Database

/// Which of several hubs imports: a row of `hub`. A hub that is lost writes no more, so that its turn is free.
enum ImportTurn {
    /// - Returns: false while another hub that serves has it.
    static func take(by node: String, in connection: any SQLConnection) throws -> Bool {
        try connection.execute(
            """
            INSERT INTO hub (name, value) VALUES ('import', $1)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value
            WHERE hub.value = excluded.value
                OR NOT EXISTS (SELECT 1 FROM hub_nodes n WHERE n.node = hub.value AND n.state = 'up')
            """,
            [.text(node)]
        ) > 0
    }

    static func giveBack(by node: String, in connection: any SQLConnection) throws {
        try connection.execute("DELETE FROM hub WHERE name = 'import' AND value = $1", [.text(node)])
    }
}
