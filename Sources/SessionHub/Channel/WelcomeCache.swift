import Synchronization

/// What the welcomes of one session have in common, encoded once for all who come at the same seq: the newest events,
/// and parts of which a feature says when they are the same. With a hundred messages, or two hundred questions, they
/// are most of what a join costs.
///
/// May be used from any thread. A feed drops it at its next event, and when somebody's name may have changed.
final class WelcomeCache: Sendable {
    private struct Kept {
        var seq: Int64
        var events: [UInt8]?
        var parts: [Int64: (version: Int64, bytes: [UInt8])] = [:]
    }

    private let kept = Mutex(Kept(seq: -1))

    /// - Parameter read: gives the encoded events, and whether everybody may see all of them. Only then they are kept.
    func events(at seq: Int64, or read: () throws -> (events: [UInt8], isForAll: Bool)) rethrows -> [UInt8] {
        if let events = kept.withLock({ $0.seq == seq ? $0.events : nil }) { return events }
        let (events, isForAll) = try read()
        if isForAll { keep(at: seq) { $0.events = events } }
        return events
    }

    /// A part that is the same for everybody who sees it.
    ///
    /// - Parameters:
    ///   - version: changes with whatever changes in the part without an event.
    ///   - encode: gives the part as it is at `seq` and in this version.
    func part(_ id: Int64, version: Int64, at seq: Int64, or encode: () throws -> [UInt8]) rethrows -> [UInt8] {
        let known = kept.withLock { $0.seq == seq ? $0.parts[id] : nil }
        if let known, known.version == version { return known.bytes }
        let bytes = try encode()
        keep(at: seq) { $0.parts[id] = (version, bytes) }
        return bytes
    }

    /// Nothing replaces what a later reading has found.
    private func keep(at seq: Int64, _ change: (inout Kept) -> Void) {
        kept.withLock { kept in
            if seq > kept.seq { kept = Kept(seq: seq) }
            if seq == kept.seq { change(&kept) }
        }
    }
}
