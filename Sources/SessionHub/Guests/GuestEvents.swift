import Database

/// The events of guests.
extension EventKind {
    /// A guest was let go and forgotten.
    static let guestErased = EventKind("guest.erased")

    static let guests = [guestErased]
}

/// Which events tell of a guest.
enum GuestEvents {
    /// How far back events may still be in memory, with the name in them: the loops keep no more (`EventRing`). Older
    /// ones are read from the store.
    private static let newest: Int64 = 2048

    /// The seqs of the newest events that say the guest's name, or a reason that a host gave for what was done to them.
    static func naming(_ guest: Int64, in session: Int64, connection: any SQLConnection) throws -> [Int64] {
        let first = try JournalStore.head(of: session, in: connection) - newest
        // The condition on the ids of this hub's own lets SQLite use the index of events by such people.
        return try connection.query(
            """
            SELECT seq FROM live_session_events
            WHERE user_id = $1 AND user_id >= 1000000000 AND session_id = $2 AND seq > $3
            UNION SELECT seq FROM moderation_acts WHERE target_id = $1 AND session_id = $2 AND seq > $3 AND seq > 0
            ORDER BY seq
            """,
            [.integer(guest), .integer(session), .integer(first)]
        ).map { $0.integer("seq") }
    }
}
