import Synchronization

/// Admits imports: one is worked on at a time, and a few wait for their turn with only their document in memory.
///
/// The whole hub has one turn, because staged rows do not say whose they are and every plan takes memory. A person may
/// have one import under way or waiting, and `importsPerUser` in an hour, dry runs included. Services have no such
/// limits.
final class ImportQueue: Sendable {
    private struct State {
        /// The people who have an import under way or waiting.
        var people: Set<Int64> = []
        var rates: [Int64: TokenBucket] = [:]
        /// How many imports are under way or waiting.
        var pending = 0
        /// Whether an import is under way.
        var isBusy = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private static let hour: Int64 = 3_600_000
    /// The milliseconds after which a refused caller is told to try again: about what the largest import takes.
    private static let patience: Int64 = 5000

    private let limits: HubLimits
    private let clock: HubClock
    private let state = Mutex(State())

    init(_ limits: HubLimits, clock: HubClock) {
        self.limits = limits
        self.clock = clock
    }

    /// Runs one import when its turn comes. Throws `rate_limited`.
    func run<Value>(for caller: Caller, _ work: () async throws -> Value) async throws -> Value {
        let person = caller.role == .service ? nil : caller.userID
        try admit(person)
        defer { leave(person) }
        await turn()
        return try await work()
    }

    /// Admits an import or refuses it. One that comes too early does not count in the hourly rate.
    private func admit(_ person: Int64?) throws(HubError) {
        let refusal = state.withLock { state -> HubError? in
            if let person, state.people.contains(person) {
                return HubError(.rateLimited, Self.another, retryAfter: Self.patience)
            }
            guard state.pending < limits.imports else {
                return HubError(.rateLimited, Self.crowd, retryAfter: Self.patience)
            }
            if let person {
                if let wait = take(for: person, &state) {
                    return HubError(.rateLimited, Self.often, retryAfter: wait)
                }
                state.people.insert(person)
            }
            state.pending += 1
            return nil
        }
        if let refusal { throw refusal }
    }

    /// Counts an import in the person's hourly rate. Only administrators come this far: they are few, so nobody's rate
    /// is ever forgotten.
    ///
    /// - Returns: nil, or the milliseconds until the person may import again.
    private func take(for person: Int64, _ state: inout State) -> Int64? {
        let (rate, now) = (limits.importsPerUser, clock.steady)
        let bucket = TokenBucket(rate: rate, burst: rate, per: Self.hour, now: now)
        return state.rates[person, default: bucket].take(now: now)
    }

    private func turn() async {
        await withCheckedContinuation { continuation in
            let isFirst = state.withLock { state in
                if state.isBusy { state.waiting.append(continuation) }
                defer { state.isBusy = true }
                return !state.isBusy
            }
            if isFirst { continuation.resume() }
        }
    }

    private func leave(_ person: Int64?) {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            if let person { state.people.remove(person) }
            state.pending -= 1
            guard !state.waiting.isEmpty else {
                state.isBusy = false
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }

    private static let another = Localized(
        en: "Your last import is still running.", fr: "Votre dernière importation est encore en cours."
    )
    static let crowd = Localized(
        en: "Too many imports are running: try again in a moment.",
        fr: "Trop d’importations sont en cours : réessayez dans un instant."
    )
    private static let often = Localized(
        en: "Too many imports in an hour: wait a moment.",
        fr: "Trop d’importations en une heure : patientez un instant."
    )
}
