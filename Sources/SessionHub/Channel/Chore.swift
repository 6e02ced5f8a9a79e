import Database

/// Work that a feature does again and again while the hub runs, with its heartbeat.
struct Chore: Sendable {
    /// Whether there is something to do. It is read off the loop, so that the writer is only asked when there is.
    let isDue: @Sendable (any SQLConnection) throws -> Bool
    let scope: JournalScope
    let work: @Sendable (JournalTransaction) throws -> Void

    init(
        _ scope: JournalScope, isDue: @escaping @Sendable (any SQLConnection) throws -> Bool,
        work: @escaping @Sendable (JournalTransaction) throws -> Void
    ) {
        self.scope = scope
        self.isDue = isDue
        self.work = work
    }
}
