import Synchronization

/// Slows down who guesses passwords, by account and by source address; in this process only, nothing of it is stored.
///
/// An attempt counts against its account before it is looked at, so that many at once gain nothing; against its address
/// only when it has failed: a school that signs in behind one address at eight o'clock has not failed at anything. Names
/// that no account has are treated like those that one has.
package final class LoginThrottle: Sendable {
    /// A school shares its address: who fails there delays the others by no more than this (milliseconds).
    private static let longestForAddress: Int64 = 10_000

    private struct State {
        var accounts: FailureDelays
        var addresses: FailureDelays
    }

    private let state: Mutex<State>
    private let clock: HubClock

    package init(limits: HubLimits, clock: HubClock) {
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

    /// Runs one attempt; `attempt` says whether the password was right. An attempt that could not be made counts as none.
    ///
    /// Throws `rate_limited` with the time to wait, without an attempt: also a right password has to wait then.
    ///
    /// - Parameter account: the key of an e-mail address.
    package func attempt(
        account: String, address: String, _ attempt: () async throws -> Bool
    ) async throws -> Bool {
        try begin(account, address)
        do {
            let isRight = try await attempt()
            state.withLock { state in
                if isRight {
                    state.accounts.forget(account)
                } else {
                    state.addresses.failed(address, now: clock.steady)
                }
            }
            return isRight
        } catch {
            state.withLock { $0.accounts.takeBack(account) }
            throw error
        }
    }

    private func begin(_ account: String, _ address: String) throws(HubError) {
        let now = clock.steady
        let wait = state.withLock { state -> Int64? in
            let waits = [state.accounts.wait(account, now: now), state.addresses.wait(address, now: now)]
            if let wait = waits.compactMap(\.self).max() { return wait }
            state.accounts.failed(account, now: now)
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
