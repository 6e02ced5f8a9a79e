import Foundation
import Synchronization
import Tokens

/// Computes scrypt where nobody waits for it but who asked: off the loops, off the writer, off Swift's pool.
///
/// Each computation takes 32 MiB and about a tenth of a second of a core, so only a few run at once and a bounded number
/// waits; more are told to come back (`rate_limited`).
package final class PasswordWork: Sendable {
    private struct State {
        var pending = 0
        var computed = 0
    }

    private let queue: OperationQueue
    private let mostPending: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - atOnce: how many run.
    ///   - waiting: how many more may wait.
    package init(atOnce: Int = 2, waiting: Int = 128) {
        queue = OperationQueue()
        queue.name = "amphi.passwords"
        queue.maxConcurrentOperationCount = atOnce
        mostPending = atOnce + waiting
    }

    /// Computations since the start.
    package var computed: Int { state.withLock { $0.computed } }

    /// Whether this is the account's password. Without a hash it takes as long and says no.
    package func verify(_ password: Password, against hash: String?) async throws(HubError) -> Bool {
        let known = hash ?? PasswordHash.unknown()
        return try await run { PasswordHash.verify(password.text, against: known) } && hash != nil
    }

    package func hash(_ password: Password) async throws(HubError) -> String {
        try await run { PasswordHash.make(password.text) }
    }

    /// Throws `rate_limited` when too many wait already.
    func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async throws(HubError) -> Value {
        let isAdmitted = state.withLock { state in
            guard state.pending < mostPending else { return false }
            state.pending += 1
            return true
        }
        guard isAdmitted else { throw HubError(.rateLimited, Self.crowd, retryAfter: 2000) }
        return await withCheckedContinuation { continuation in
            queue.addOperation {
                let value = work()
                self.state.withLock { state in
                    state.pending -= 1
                    state.computed += 1
                }
                continuation.resume(returning: value)
            }
        }
    }

    private static let crowd = Localized(
        en: "Too many people sign in at this moment: try again.",
        fr: "Trop de personnes se connectent en ce moment : réessayez."
    )
}
