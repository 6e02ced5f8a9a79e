import Database

/// Somebody must be able to administer the hub: the last one who can stays.
enum LastAdministrator {
    static let refusal = HubError(
        .conflict,
        Localized(
            en: "This is the last administrator: make somebody else one first.",
            fr: "C’est le dernier compte d’administration : donnez d’abord ce rôle à quelqu’un d’autre."
        )
    )

    /// Refuses to demote or to delete `user` when nobody else administers.
    static func require(besides user: Int64, in connection: any SQLConnection) throws {
        let other = try connection.first(
            "SELECT id FROM users WHERE role = 'admin' AND id <> $1 LIMIT 1", [.integer(user)]
        )
        guard other != nil else { throw refusal }
    }

    static func count(in connection: any SQLConnection) throws -> Int {
        Int(try connection.first("SELECT count(*) AS n FROM users WHERE role = 'admin'", [])?.integer("n") ?? 0)
    }
}
