/// The events of moderation.
extension EventKind {
    /// What was imposed on somebody, or taken back: for that person and the hosts.
    static let moderationUpdated = EventKind(
        "moderation.updated",
        content: { session, rows, connection in
            try ModerationStore.contents(session: session, rows, in: connection)
        }
    )

    static let moderation = [moderationUpdated]
}
