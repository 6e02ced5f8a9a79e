/// One person of a crash run: what was posted, what came, and when to do what next (monotonic nanoseconds).
final class CrashClient {
    struct Attempt {
        /// Index in `intents`.
        let intent: Int
        /// On the wire under this ref; nil while it waits to be sent (again).
        var ref: Int64?
        var dueAt: UInt64
        var sentAt: UInt64 = 0
    }

    /// A command that is no post.
    struct Errand {
        let move: CrashMove
        /// As of an attempt.
        var ref: Int64?
        var dueAt: UInt64
    }

    /// For so long a page keeps its own posts, to post them again when they are gone (nanoseconds).
    private static let memory = 120 * MonotonicClock.second

    let connection: ClientConnection
    /// The class that it belongs to, in the engine.
    let classIndex: Int
    let isHost: Bool
    /// Whether its first post is a question.
    let isAsker: Bool
    var reader = MessageReader()
    var diary = ClientDiary()
    private(set) var intents: [JournalCheck.Intent] = []
    var pending: [Attempt] = []
    /// The ref of a page of the history that was asked for.
    var pageRef: Int64?
    /// When to ask for it again; `.max` when it was not refused.
    var pageAt = UInt64.max
    var connectAt: UInt64 = 0
    /// When a bye asked it to come back.
    var returnAt: UInt64 = 0
    /// The hub where it is, or was last.
    var door = -1
    /// When it said hello last.
    var askedAt: UInt64 = 0
    /// Of the connection in the history of its class.
    var visit: Int?
    /// Whom presence names.
    var people: Set<Int64> = []
    /// Goes home as soon as it has all its answers.
    var isLeaving = false
    private(set) var isGone = false
    /// When a hub was killed with this client there; nil when it is back.
    var orphanedAt: UInt64?
    /// Own posts whose events came, by number.
    private var shown: Set<Int> = []
    /// When the answer to a post came, by number.
    private var answeredAt: [Int: UInt64] = [:]
    var cutAt: UInt64 = .max
    var postAt: UInt64 = 0
    var errand: Errand?
    var moveAt: UInt64 = 0
    var votes: [Int64: Assured<Bool>] = [:]
    var hand = Assured(false)
    /// As presence and frames with counts told last.
    var hands: [Int64] = []
    var counts: [Int64: Int64] = [:]
    /// The seq that the answer to an act has named last.
    var newestAct: Int64 = 0
    /// When the connection was lost; nil while it is there.
    var lostAt: UInt64?
    var welcomes = 0
    /// Welcomes that were no resumption although one was asked for.
    var freshStarts = 0

    init(connection: ClientConnection, classIndex: Int, isHost: Bool, isAsker: Bool) {
        (self.connection, self.classIndex, self.isHost, self.isAsker) = (connection, classIndex, isHost, isAsker)
    }

    var isConnected: Bool { connection.phase != .waiting && connection.phase != .closed }

    /// The newest seq that this client has heard of.
    var head: Int64 { max(diary.position, newestAct, intents.compactMap(\.receipt?.seq).max() ?? 0) }

    /// No frame tells the count of a question that nobody ever voted for.
    var knownCounts: [Int64: Int64] { counts.filter { $0.value > 0 } }

    /// Whether it is in, has every answer, and lacks nothing before its position.
    var isSettled: Bool { connection.phase == .joined && pending.isEmpty && errand == nil && diary.missing == nil }

    /// A new post, to be sent at once.
    func compose(at now: UInt64, textBytes: Int) {
        let marker = Post.Marker(sender: connection.plan.number, number: intents.count, sentAt: now)
        pending.append(Attempt(intent: intents.count, ref: nil, dueAt: now))
        let post = Post(marker, textBytes: textBytes, isQuestion: isAsker && intents.isEmpty)
        intents.append(JournalCheck.Intent(post: post, author: connection.plan.userID, receipt: nil))
    }

    /// Takes the answer to a post, and returns it; nil when no post waits under this ref.
    func acknowledge(_ receipt: ServerFrame.Receipt, ref: Int64) -> Post? {
        guard let index = pending.firstIndex(where: { $0.ref == ref }) else { return nil }
        let intent = pending.remove(at: index).intent
        intents[intent].receipt = receipt
        answeredAt[intent] = MonotonicClock.now
        return intents[intent].post
    }

    /// A pending post was refused for good.
    func refuse(at index: Int) { intents[pending.remove(at: index).intent].isRefused = true }

    /// Notes which own posts it sees.
    func see(_ events: [SessionEvent]) {
        for marker in events.lazy.compactMap(\.marker) where marker.sender == connection.plan.number {
            shown.insert(marker.number)
        }
    }

    /// After a welcome: what was acknowledged and is not to be seen goes out again, before newer posts.
    ///
    /// - Parameter isFresh: whether everything that it had seen before counts no more.
    func repostLost(isFresh: Bool, in events: [SessionEvent], at now: UInt64) {
        if isFresh { shown = [] }
        see(events)
        let lost = intents.indices.filter { number in
            guard intents[number].receipt != nil, !shown.contains(number) else { return false }
            return answeredAt[number].map { now - $0 < Self.memory } ?? false
        }
        for number in lost { intents[number].receipt = nil }
        pending.insert(contentsOf: lost.map { Attempt(intent: $0, ref: nil, dueAt: now) }, at: 0)
    }

    /// Goes home for good.
    func leave() {
        isGone = true
        // The place is kept for a while, and with it the hand.
        hand.doubt(until: .max)
    }

    /// The connection is gone: whatever was not answered will be sent again, with the same client_id.
    ///
    /// - Parameter mayHappen: whether the hub may carry it out later, after another hub has answered.
    func lose(connectAt time: UInt64, mayHappen: Bool = false) {
        if connection.phase == .joined { lostAt = MonotonicClock.now }
        if mayHappen { for attempt in pending where attempt.ref != nil { intents[attempt.intent].mayStand = true } }
        connection.close()
        errand?.ref = nil
        errand?.dueAt = 0
        reader = MessageReader()
        pageRef = nil
        pageAt = .max
        connectAt = time
        for index in pending.indices {
            pending[index].ref = nil
            pending[index].dueAt = 0
        }
    }
}
