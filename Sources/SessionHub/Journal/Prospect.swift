import Database

/// A post that is decided from a row which was read for it, and whose rows are written later, with those of others.
///
/// What the row does not say, the post asks the store for, as it would without a prospect: then it is given up, and the
/// post is carried out in the ordinary way (`UnaskedConnection`). It stays on the writer's thread.
final class Prospect {
    let key: PostKey
    /// What `Foresight.look` has read.
    let row: SQLRow
    /// The newest seq of the class, with the posts before this one in the batch.
    let head: Int64
    private(set) var message: [SQLValue]?
    private(set) var event: [SQLValue]?
    private var place: EventPlace?

    init(_ key: PostKey, row: SQLRow, head: Int64) {
        self.key = key
        self.row = row
        self.head = head
    }

    /// The row, for whoever asks about this person in this class.
    func row(session: Int64, user: Int64) -> SQLRow? { key.session == session && key.user == user ? row : nil }

    /// The place behind the class's head; nil when the store has to give it: for a second event, or when the clock was
    /// set and the time of the event before must be looked up.
    func takePlace(in session: Int64, at moment: HubClock.Moment, latest: Timestamp) -> EventPlace? {
        guard place == nil, session == key.session else { return nil }
        let status: ClassStatus = row.word("status")
        let at = status.time(at: moment, shift: row.integer("clock_shift"))
        guard !JournalStore.mayPrecede(at, latest) else { return nil }
        let place = EventPlace(session: session, seq: head + 1, at: at)
        self.place = place
        return place
    }

    /// Leaves the post's message (`Foresight.write`).
    /// - Returns: false when there is one already.
    func leave(message: [SQLValue]) -> Bool {
        guard self.message == nil else { return false }
        self.message = message
        return true
    }

    /// Leaves the event of the place that was taken.
    /// - Returns: false when it is for another place.
    func leave(event: [SQLValue], at place: EventPlace) -> Bool {
        guard self.event == nil, self.place?.seq == place.seq, place.session == key.session else { return false }
        self.event = event
        return true
    }
}
