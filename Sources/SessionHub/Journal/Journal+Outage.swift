import Database
import Logging
import Synchronization

/// The time during which the store cannot be written: it begins with a batch that fails and ends with a commit.
///
/// A commit that ends one carries a write of its own (`HubStore.probe`), and overwrites in the write-ahead log what a
/// failed commit may have left there (decision 0016).
extension Journal {
    struct Outage {
        let since: Timestamp
        var failures = 1
    }

    /// Whether the store can be written: false from a failed commit until the next one that succeeds.
    var isWritable: Bool { state.withLock { $0.outage == nil } }

    /// Whether something was written within these last milliseconds and nothing has failed since.
    func hasWritten(within milliseconds: Int64) -> Bool {
        let oldest = clock.steady - milliseconds
        return state.withLock { $0.outage == nil && ($0.lastWrite ?? oldest) > oldest }
    }

    /// Tries to write something, after everything that is owed.
    func probe(completion: @escaping @Sendable (Result<Void, HubError>) -> Void) {
        submit(.hub, { try HubStore.probe(in: $0.connection) }, completion: completion)
    }

    /// Called after a commit that wrote something.
    ///
    /// - Returns: what the loops must learn.
    func wrote() -> [HubSignal] {
        let now = clock.steady
        let outage = state.withLock { state in
            state.lastWrite = now
            defer { state.outage = nil }
            return state.outage
        }
        guard let outage else { return [] }
        logger.notice(
            "store can be written again",
            metadata: ["outage.ms": "\(now - outage.since)", "outage.failures": "\(outage.failures)"]
        )
        return [.storeWritable(true)]
    }

    /// Called after a batch that failed. One line is logged when an outage begins; further failures are only counted.
    ///
    /// - Returns: what the loops must learn.
    func failed(_ items: Int, _ error: any Error) -> [HubSignal] {
        if let error = error as? SQLError, error.code == .fenced { fence.yield(error.message) }
        let now = clock.steady
        let isFirst = state.withLock { state in
            state.outage?.failures += 1
            guard state.outage == nil else { return false }
            state.outage = Outage(since: now)
            return true
        }
        guard isFirst else {
            logger.debug("store still cannot be written", metadata: ["error": "\(error)"])
            return []
        }
        logger.error(
            "store cannot be written", metadata: ["journal.items": "\(items)", "error": "\(error)"]
        )
        return [.storeWritable(false)]
    }
}
