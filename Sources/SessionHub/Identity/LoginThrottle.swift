import Synchronization

/// Slows down whoever guesses passwords, by account and by source address. Nothing of it is stored: it holds in this
/// process only.
///
/// An attempt counts against its account and its address before the password is checked, so that many at once gain
/// nothing. One that was right no longer counts against its address: a school that signs in from one address at eight
/// o'clock has not failed at anything. Names without an account are treated like those that have one.
final class LoginThrottle: Sendable {
    /// A school shares its address: failures there delay everybody else in it, but by no more than these milliseconds.
    private static let longestForAddress: Int64 = 10_000

    private struct State {
        var accounts: FailureDelays
        var addresses: FailureDelays
    }

    private let state: Mutex<State>
    private let clock: HubClock

    init(limits: HubLimits, clock: HubClock) {
        state = Mutex(
            State(
                accounts: FailureDelays(free: limits.loginFailures, longest: limits.loginDelayMilliseconds),
                addresses: FailureDelays(
                    free: limits.loginFailuresPerAddress,
                    longest: min(limits.loginDelayMilliseconds, Self.longestForAddress)
                )
            )
        )
        self.clock = clock
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
        try begin(account, address)
        do {
            let isRight = try await attempt()
            state.withLock { state in
                if isRight { state.accounts.forget(account) }
                if let address { state.addresses.settle(address, hasFailed: !isRight, now: clock.steady) }
            }
            return isRight
        } catch {
            state.withLock { state in
                state.accounts.takeBack(account)
                if let address { state.addresses.settle(address, hasFailed: false, now: clock.steady) }
            }
            throw error
        }
    }

    private func begin(_ account: String, _ address: String?) throws(HubError) {
        let now = clock.steady
        let wait = state.withLock { state -> Int64? in
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
