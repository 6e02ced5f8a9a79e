import Database

/// A question of a class: where it stands, and who may see it.
struct Question: Sendable, Equatable {
    enum State: String, Sendable, CaseIterable {
        /// Waits until a host lets everybody see it.
        case pending
        case open, answered, dismissed
        /// Part of another question.
        case merged
    }

    /// How it was answered.
    enum How: String, Sendable, CaseIterable {
        case live, written
    }

    let id: Int64
    /// The place of its message.
    let seq: Int64
    let askerID: Int64
    let isAnonymous: Bool
    let isPrivate: Bool
    /// Whether everybody may see it.
    let isPublic: Bool
    let state: State
    let how: How?
    let isPinned: Bool
    let isDeleted: Bool
    let votes: Int64
    /// The place of the event that showed it to everybody after its approval.
    let publishedSeq: Int64?

    /// Who reads what happens to it: everybody, or its asker and the hosts.
    var audience: Audience { isPublic ? .all : .user(askerID) }

    func isVisible(to reader: Int64, isHost: Bool) -> Bool { audience.includes(reader, isHost: isHost) }

    /// Where a host may bring it by hand. An approval and a merge have commands of their own.
    func mayBecome(_ next: State) -> Bool {
        switch (state, next) {
        case (.open, .answered), (.open, .dismissed), (.pending, .dismissed): true
        case (.answered, .open), (.answered, .dismissed), (.dismissed, .open): true
        // One that nobody but its asker has seen is no answer to the class.
        case (.dismissed, .answered): isPublic || isPrivate
        default: false
        }
    }
}

extension Question {
    /// The columns that `init(row:)` needs, of the table `m`.
    static let columns = """
        m.id, m.seq, m.user_id, m.is_anonymous, m.is_private, m.is_public, m.state, m.how, m.is_pinned, m.deleted_at,
            m.votes, m.published_seq
        """

    init(row: SQLRow) {
        id = row.integer("id")
        seq = row.integer("seq")
        askerID = row.integer("user_id")
        isAnonymous = row.bool("is_anonymous")
        isPrivate = row.bool("is_private")
        isPublic = row.bool("is_public")
        state = row.word("state")
        how = row.optionalText("how").flatMap(How.init(rawValue:))
        isPinned = row.bool("is_pinned")
        isDeleted = row.optionalInteger("deleted_at") != nil
        votes = row.integer("votes")
        publishedSeq = row.optionalInteger("published_seq")
    }
}
