import Synchronization

/// The newest events of one session as its welcome carries them. They are encoded once for all who come at the same
/// seq: with a hundred messages they are most of what a join costs.
///
/// May be used from any thread. A feed drops it at its next event, and when somebody's name may have changed.
final class WelcomeTail: Sendable {
    private let slot = Mutex<(seq: Int64, events: [UInt8])?>(nil)

    /// - Parameter read: gives the encoded events, and whether everybody may see all of them. Only then they are kept.
    func events(at seq: Int64, or read: () throws -> (events: [UInt8], isForAll: Bool)) rethrows -> [UInt8] {
        if let kept = slot.withLock({ $0 }), kept.seq == seq { return kept.events }
        let (events, isForAll) = try read()
        if isForAll { slot.withLock { $0 = (seq, events) } }
        return events
    }
}
