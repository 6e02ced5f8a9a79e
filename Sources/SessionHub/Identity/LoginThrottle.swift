import Synchronization

/// Slows down whoever guesses passwords, by account and by source address. A hub that has its database for itself keeps
/// it in memory; several hubs share a table, so that asking another one gains nothing.
///
/// An attempt counts against its account and its address before the password is checked, so that many at once gain
/// nothing. One that was right no longer counts against its address: a school that signs in from one address at eight
/// o'clock has not failed at anything. Names without an account are treated like those that have one.
final class LoginThrottle: Sendable {
    /// A school shares its address: failures there delay everybody else in it, but by no more than these milliseconds.
    private static let longestForAddress: Int64 = 10_000

    struct State: Sendable {
        var accounts: FailureDelays
        var addresses: FailureDelays
    }

    private let empty: State
    private let state: Mutex<State>
    private let shared: LoginDelayStore?
    private let clock: HubClock

    /// - Parameter shared: the table of several hubs; nil for one alone.
    init(limits: HubLimits, clock: HubClock, shared: LoginDelayStore? = nil) {
        empty = State(
            accounts: FailureDelays(free: limits.loginFailures, longest: limits.loginDelayMilliseconds),
            addresses: FailureDelays(
                free: limits.loginFailuresPerAddress,
                longest: min(limits.loginDelayMilliseconds, Self.longestForAddress)
            )
        )
        state = Mutex(empty)
        self.shared = shared
        self.clock = clock
    }

    /// Changes what is known of an account and an address.
    private func change<Value: Sendable>(
        _ account: String, _ address: String?, _ body: @escaping @Sendable (inout State) -> Value
    ) async throws(HubError) -> Value {
        guard let shared else { return state.withLock { body(&$0) } }
        return try await shared.change(account, address, empty, now: clock.steady, body)
    }

    /// Runs one attempt; `attempt` says whether the password was right. When it throws, the attempt does not count.
    ///
    /// Throws `rate_limited` with the time to wait, and then makes no attempt: the right password has to wait as well.
    ///
    /// - Parameters:
    ///   - account: the key of an e-mail address.
    ///   - address: the source as the limits per address count it (`AddressKey`); nil when it is not known.
    func attempt(
        account: String, address: String?, _ attempt: () async throws -> Bool
    ) async throws -> Bool {
        try await begin(account, address)
        let clock = clock
        do {
            let isRight = try await attempt()
            try await change(account, address) { state in
                if isRight { state.accounts.forget(account) }
                if let address { state.addresses.settle(address, hasFailed: !isRight, now: clock.steady) }
            }
            return isRight
        } catch {
            try await change(account, address) { state in
                state.accounts.takeBack(account)
                if let address { state.addresses.settle(address, hasFailed: false, now: clock.steady) }
            }
            throw error
        }
    }

    private func begin(_ account: String, _ address: String?) async throws(HubError) {
        let now = clock.steady
        let wait = try await change(account, address) { state -> Int64? in
            let waits = [
                state.accounts.wait(account, now: now), address.flatMap { state.addresses.wait($0, now: now) },
            ]
            if let wait = waits.compactMap(\.self).max() { return wait }
            state.accounts.failed(account, now: now)
            if let address { state.addresses.begin(address, now: now) }
            return nil
        }
        guard let wait else { return }
        throw HubError(
            .rateLimited,
            Localized(
                en: "Too many attempts to sign in: wait a moment, then try again.",
                fr: "Trop de tentatives de connexion : patientez un instant, puis réessayez."
            ),
            retryAfter: wait
        )
    }
}
