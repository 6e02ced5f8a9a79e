/// What the hub says in one text message of `amphi.v1`, as far as the benchmark needs it.
enum ServerFrame: Sendable, Equatable {
    case welcome(Welcome)
    case events(EventBatch)
    case posted(ref: Int64, Receipt)
    case refused(ref: Int64?, Refusal)
    /// The answer to `history`.
    case page(ref: Int64, [SessionEvent])
    case bye(Bye)
    case presence(PresenceNews)
    /// How many votes some questions have now, by their ids.
    case votes([Int64: Int64])
    /// The answer to a command that is neither hello, post nor history.
    case done(ref: Int64, Done)
    /// Typing, a gap note and the like: no place in the order of events.
    case ephemeral(name: String)

    struct Welcome: Sendable, Equatable {
        var seq: Int64
        var epoch: String
        var resumed: Bool
        var events: [SessionEvent]
        /// How many people are here.
        var present: Int64?
        /// Who is here, as far as the class names people.
        var people: [Int64] = []
        /// Whose hand is up, in order.
        var hands: [Int64] = []
        /// By id: those that are shown.
        var questions: [Int64: Question] = [:]
        var isMuted = false
        var chatMode = "open"
    }

    struct Question: Sendable, Equatable {
        var votes: Int64 = 0
        /// Whether one of them is the reader's.
        var hasVoted = false
    }

    struct Done: Sendable, Equatable {
        var seq: Int64?
        var votes: Int64?
    }

    /// The end of the connection, and when to come back.
    struct Bye: Sendable, Equatable {
        var code: Int64
        var afterMilliseconds: Int64?
    }

    /// A diff of who is here; a snapshot has `people` instead of `joined` and `left`.
    struct PresenceNews: Sendable, Equatable {
        /// How many people are here.
        var present: Int64?
        var people: [Int64]?
        var joined: [Int64] = []
        var left: [Int64] = []
        /// Whose hand is up, in order; nil when that has not changed.
        var hands: [Int64]?
    }

    /// The answer to `chat.post`.
    struct Receipt: Sendable, Equatable {
        var id: Int64
        var seq: Int64
        var isDuplicate: Bool
    }

    struct Refusal: Sendable, Equatable {
        var code: String
        var message: String
        var retryAfterMilliseconds: Int64?
    }
}

extension ServerFrame.Refusal {
    /// Before it is said again when the hub names no time.
    private static let pauseMilliseconds: Int64 = 100

    var isForAWhile: Bool { retryAfterMilliseconds != nil || code == "store_unavailable" }

    /// Nanoseconds before it is said again.
    var pause: UInt64 {
        UInt64(max(retryAfterMilliseconds ?? Self.pauseMilliseconds, 1)) * MonotonicClock.millisecond
    }
}

extension ServerFrame {
    /// Of the command that this answers.
    var ref: Int64? {
        switch self {
        case .posted(let ref, _), .page(let ref, _), .done(let ref, _): ref
        case .refused(let ref, _): ref
        case .welcome, .events, .bye, .presence, .votes, .ephemeral: nil
        }
    }
}

/// One durable event, reduced to what two clients must agree on.
struct SessionEvent: Sendable, Equatable {
    let seq: Int64
    /// Hash of everything that must be the same for all: see `EventDigest`. Nil for a withheld event.
    let digest: UInt64?
    /// Present when it is a post of this benchmark.
    let marker: Post.Marker?
    let author: Int64?
    let clientID: String?
    /// What a host did to somebody, which only that person and the hosts are shown.
    var act: Act?
    /// The mode of the chat that this event sets.
    var chatMode: String?
    /// When it was stored, to the letter as it came; nil for a withheld event.
    var at: String?

    struct Act: Sendable, Equatable {
        let action: String
        let userID: Int64
    }

    var isWithheld: Bool { digest == nil }
}

/// The events of one frame. `position` is the frame's own `seq`: where its reader stands afterwards.
struct EventBatch: Sendable, Equatable {
    let position: Int64
    let events: [SessionEvent]

    /// Each seq follows the one before, and the last is the position.
    var isConsecutive: Bool {
        guard let first = events.first?.seq else { return false }
        var expected = first
        for event in events {
            guard event.seq == expected else { return false }
            expected += 1
        }
        return position == expected - 1
    }
}

/// A 64-bit fingerprint of an event, the same from the frame of an event and from the receipt of its post.
struct EventDigest {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    /// FNV-1a.
    mutating func combine(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    }

    mutating func combine(_ number: Int64) {
        value = (value ^ UInt64(bitPattern: number)) &* 0x9E37_79B9_7F4A_7C15
        value ^= value >> 29
    }

    static func make(
        seq: Int64, type: some Sequence<UInt8>, id: Int64?, author: Int64?, text: some Sequence<UInt8>
    ) -> UInt64 {
        var digest = EventDigest()
        digest.combine(seq)
        digest.combine(type)
        digest.combine(id ?? -1)
        digest.combine(author ?? -1)
        digest.combine(text)
        return digest.value
    }

    /// What everybody must see of a post with this receipt.
    static func make(receipt: ServerFrame.Receipt, author: Int64, text: String) -> UInt64 {
        make(seq: receipt.seq, type: "chat.message".utf8, id: receipt.id, author: author, text: text.utf8)
    }
}
