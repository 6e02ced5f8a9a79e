/// What happened to one class as its people lived it, on whatever hub: every connection with everything that came on
/// it, every post with all its attempts and answers. Nothing is sorted, nothing repaired. Times are monotonic
/// nanoseconds. Pure.
struct ClassHistory: Sendable, Equatable {
    /// One connection that got its welcome.
    struct Visit: Sendable, Equatable {
        /// Number of the client in the run.
        let client: Int
        let user: Int64
        /// Number of the hub.
        let node: Int
        /// Of the hello.
        let askedAt: UInt64
        let welcomedAt: UInt64
        /// What the client said that it has; nil when it began afresh.
        var position: Int64?
        var isResumed = false
        /// The seq of the welcome, and its events.
        let seq: Int64
        var events: [SessionEvent] = []
        /// What came after the welcome.
        var frames: [Frame] = []
        var presence: [PresenceChange] = []
        /// When the client lost or closed it.
        var endedAt = UInt64.max
    }

    struct Frame: Sendable, Equatable {
        let at: UInt64
        let batch: EventBatch
    }

    struct PresenceChange: Sendable, Equatable {
        let at: UInt64
        let joined: [Int64]
        let left: [Int64]
    }

    struct Posting: Sendable, Equatable {
        let client: Int
        let user: Int64
        /// Number of the post of this client.
        let number: Int
        var attempts: [Attempt] = []
        var answers: [Answer] = []
    }

    struct Attempt: Sendable, Equatable {
        let visit: Int
        let at: UInt64
    }

    struct Answer: Sendable, Equatable {
        let visit: Int
        let at: UInt64
        let receipt: ServerFrame.Receipt
    }

    /// Somebody whom a host sent out: from the first attempt until the answer, nil while there was none.
    struct Removal: Sendable, Equatable {
        let user: Int64
        let sentAt: UInt64
        var answeredAt: UInt64?
    }

    let session: Int64
    private(set) var visits: [Visit] = []
    private(set) var postings: [Posting] = []
    var removals: [Removal] = []
    /// The newest moment until which what was acknowledged may be gone: a standby took over without the last moments.
    var lossAt: UInt64?
    private var indices: [Post.Marker: Int] = [:]

    init(session: Int64) { self.session = session }

    /// Returns the visit's number.
    mutating func begin(_ visit: Visit) -> Int {
        visits.append(visit)
        return visits.count - 1
    }

    mutating func receive(_ batch: EventBatch, on visit: Int, at now: UInt64) {
        visits[visit].frames.append(Frame(at: now, batch: batch))
    }

    mutating func receive(_ news: ServerFrame.PresenceNews, on visit: Int, at now: UInt64) {
        guard !news.joined.isEmpty || !news.left.isEmpty else { return }
        visits[visit].presence.append(PresenceChange(at: now, joined: news.joined, left: news.left))
    }

    mutating func end(_ visit: Int, at now: UInt64) { visits[visit].endedAt = now }

    mutating func send(_ post: Post, by user: Int64, on visit: Int, at now: UInt64) {
        let index = indices[post.marker] ?? postings.count
        if index == postings.count {
            indices[post.marker] = index
            postings.append(Posting(client: post.marker.sender, user: user, number: post.marker.number))
        }
        postings[index].attempts.append(Attempt(visit: visit, at: now))
    }

    mutating func answer(_ post: Post, _ receipt: ServerFrame.Receipt, on visit: Int, at now: UInt64) {
        guard let index = indices[post.marker] else { return }
        postings[index].answers.append(Answer(visit: visit, at: now, receipt: receipt))
    }

    /// Posts that were acknowledged, were gone, and are there again because their authors posted them again.
    var returned: Int {
        postings.count { posting in posting.answers.count { !$0.receipt.isDuplicate } > 1 }
    }

    /// Nil for a post that went out on no connection that got its welcome.
    func posting(of marker: Post.Marker) -> Posting? { indices[marker].map { postings[$0] } }

    /// Whether a moment lies before one until which acknowledged posts may be gone.
    func mayBeLost(_ moment: UInt64) -> Bool { moment <= lossAt ?? 0 }
}
