import Synchronization

/// How often a second something may be done by one person and in one session, whichever way it is asked for: the
/// channel and REST share one.
///
/// Services have no bucket of their own: they work for everybody. May be used from any thread.
final class RateLimit: Sendable {
    /// `perSecond` on average, `burst` at once; 0 per second for no limit.
    struct Rate: Sendable {
        let perSecond: Int
        let burst: Int
    }

    /// What one person's rate is for.
    enum Scope: Sendable {
        case eachSession, allSessions
    }

    private struct Key: Hashable {
        /// 0 counts everybody together.
        let user: Int64
        /// 0 counts all sessions together.
        let session: Int64
    }

    /// When there are more, full buckets are dropped: forgetting them loses nothing.
    private static let mostBuckets = 10_000

    private let person: Rate
    private let scope: Scope
    private let session: Rate
    private let clock: HubClock
    private let buckets = Mutex<[Key: TokenBucket]>([:])

    init(person: Rate, in scope: Scope, session: Rate, clock: HubClock) {
        self.person = person
        self.scope = scope
        self.session = session
        self.clock = clock
    }

    /// Throws `rate_limited` with the time to wait.
    func admit(_ caller: Caller, to session: Int64) throws(HubError) {
        guard person.perSecond > 0 || self.session.perSecond > 0 else { return }
        let now = clock.steady
        let wait = buckets.withLock { buckets -> Int64? in
            if buckets.count > Self.mostBuckets { buckets = buckets.filter { !$0.value.isFull(now: now) } }
            if caller.role != .service {
                let key = Key(user: caller.userID, session: scope == .eachSession ? session : 0)
                if let wait = Self.take(key, person, now, &buckets) { return wait }
            }
            return Self.take(Key(user: 0, session: session), self.session, now, &buckets)
        }
        if let wait { throw HubError(.rateLimited, retryAfter: wait) }
    }

    /// Called when what was admitted was refused after all, for whatever reason: nothing has reached the class, and
    /// whoever may do nothing there must not use up what its hosts may. The person's own part is spent.
    func giveBack(to session: Int64) {
        buckets.withLock { $0[Key(user: 0, session: session)]?.giveBack() }
    }

    private static func take(
        _ key: Key, _ rate: Rate, _ now: Timestamp, _ buckets: inout [Key: TokenBucket]
    ) -> Int64? {
        guard rate.perSecond > 0 else { return nil }
        let full = TokenBucket(rate: rate.perSecond, burst: rate.burst, now: now)
        return buckets[key, default: full].take(now: now)
    }
}

extension RateLimit {
    /// Messages of the chat.
    static func posts(_ limits: HubLimits, clock: HubClock) -> RateLimit {
        RateLimit(
            person: Rate(perSecond: limits.postsPerUser, burst: limits.postsPerUserBurst), in: .eachSession,
            session: Rate(perSecond: limits.postsPerSession, burst: limits.postsPerSession), clock: clock
        )
    }

    /// Starts, ends and changes of classes: each goes to everybody there and holds up the one writer, as a message
    /// does.
    static func steering(_ limits: HubLimits, clock: HubClock) -> RateLimit {
        RateLimit(
            person: Rate(perSecond: limits.steeringPerUser, burst: 2 * limits.steeringPerUser), in: .allSessions,
            session: Rate(perSecond: limits.steeringPerSession, burst: 2 * limits.steeringPerSession), clock: clock
        )
    }
}
