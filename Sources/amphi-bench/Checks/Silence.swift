/// A stretch of the journal in which somebody, or every member, had no voice: behind the acknowledged act of a host
/// that took it, before the one that gave it back.
struct Silence: Sendable, Equatable {
    /// Whose; nil for all but the host.
    let userID: Int64?
    /// The seq of the act.
    let after: Int64
    /// The seq of its end; nil when it holds to this day.
    var before: Int64?

    /// The messages that were stored in it all the same.
    func broken(by journal: [SessionEvent], host: Int64?) -> [SessionEvent] {
        journal.filter { event in
            guard let author = event.author, event.seq > after, event.seq < before ?? .max else { return false }
            return userID.map { $0 == author } ?? (author != host)
        }
    }
}
