import Foundation
import Synchronization
import Tokens

/// Computes scrypt on threads of its own, where it holds up nobody else. They end when there is no more to do.
///
/// Dispatch would not do, not even with queues of its own: it shares its threads, no more than there are cores, with
/// Swift's pool and the database, and two computations would stop everything else. Each takes 32 MiB and about a tenth
/// of a second of a core, so only a few run at once and a bounded number waits. The others are told to come back
/// (`rate_limited`).
final class PasswordWork: Sendable {
    private struct State {
        var waiting: [@Sendable () -> Void] = []
        /// How many computations are under way or waiting.
        var pending = 0
        var threads = 0
        var computed = 0
    }

    private let mostThreads: Int
    private let mostWaiting: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - atOnce: how many computations run at the same time.
    ///   - waiting: how many more may wait.
    init(atOnce: Int = 2, waiting: Int = 128) {
        mostThreads = atOnce
        mostWaiting = waiting
    }

    /// How many computations have ended since the start.
    var computed: Int { state.withLock { $0.computed } }

    /// How many computations are under way or wait.
    var pending: Int { state.withLock { $0.pending } }

    /// Whether this is the account's password. Without a hash the answer is no, after the same time.
    func verify(_ password: Password, against hash: String?) async throws(HubError) -> Bool {
        let known = hash ?? PasswordHash.unknown()
        return try await run { PasswordHash.verify(password.text, against: known) } && hash != nil
    }

    func hash(_ password: Password) async throws(HubError) -> String {
        try await run { PasswordHash.make(password.text) }
    }

    /// Throws `rate_limited` when too many wait already.
    func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async throws(HubError) -> Value {
        let result: Value? = await withCheckedContinuation { continuation in
            let isAdmitted = submit {
                let value = work()
                self.finish()
                continuation.resume(returning: value)
            }
            if !isAdmitted { continuation.resume(returning: nil) }
        }
        guard let result else { throw HubError(.rateLimited, Self.crowd, retryAfter: 2000) }
        return result
    }

    /// Takes the work on, or returns false when too many wait already.
    private func submit(_ work: @escaping @Sendable () -> Void) -> Bool {
        let (isAdmitted, startsThread) = state.withLock { state in
            guard state.pending < mostThreads + mostWaiting else { return (false, false) }
            state.pending += 1
            state.waiting.append(work)
            guard state.threads < mostThreads else { return (true, false) }
            state.threads += 1
            return (true, true)
        }
        if startsThread { Thread.detachNewThread { self.workOff() } }
        return isAdmitted
    }

    private func workOff() {
        while let work = next() { work() }
    }

    private func finish() {
        state.withLock { state in
            state.pending -= 1
            state.computed += 1
        }
    }

    /// The next piece of work, or nil: then this thread ends and is no longer counted.
    private func next() -> (@Sendable () -> Void)? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.threads -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }
    }

    private static let crowd = Localized(
        en: "Too many people sign in at this moment: try again.",
        fr: "Trop de personnes se connectent en ce moment : réessayez."
    )
}
