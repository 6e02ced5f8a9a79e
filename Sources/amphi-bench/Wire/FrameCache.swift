import Glibc

/// The last few frames of one session, decoded and checked once.
///
/// A hub sends the same bytes to all clients at the same place. Comparing bytes costs a fraction of reading them, and
/// equal bytes are equal events: so every client is checked in full at the price of one `memcmp`.
struct FrameCache {
    /// A decoded frame of events, or one outside the order.
    final class Entry {
        enum Content {
            case events(EventBatch)
            case presence(ServerFrame.PresenceNews)
            case votes([Int64: Int64])
            case ephemeral(name: String)
        }

        let bytes: [UInt8]
        let content: Content
        /// When the posts in it were sent.
        let sendTimes: [UInt64]

        init(bytes: [UInt8], content: Content) {
            self.bytes = bytes
            self.content = content
            sendTimes = if case .events(let batch) = content { batch.events.compactMap(\.marker?.sentAt) } else { [] }
        }

        fileprivate func matches(_ payload: Span<UInt8>) -> Bool {
            guard payload.count == bytes.count else { return false }
            return unsafe payload.withUnsafeBytes { left in
                unsafe bytes.withUnsafeBytes { right in
                    guard let first = left.baseAddress, let second = right.baseAddress else { return true }
                    return unsafe memcmp(first, second, left.count) == 0
                }
            }
        }
    }

    private static let capacity = 8

    private var entries: [Entry] = []
    private var newest = 0

    /// Newest first.
    func entry(for payload: Span<UInt8>) -> Entry? {
        for age in 0..<entries.count {
            let entry = entries[(newest - age + Self.capacity) % Self.capacity]
            if entry.matches(payload) { return entry }
        }
        return nil
    }

    mutating func keep(_ entry: Entry) {
        if entries.count < Self.capacity {
            newest = entries.count
            entries.append(entry)
        } else {
            newest = (newest + 1) % Self.capacity
            entries[newest] = entry
        }
    }
}
