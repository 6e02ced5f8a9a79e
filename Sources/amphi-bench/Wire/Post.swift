/// One chat message that the benchmark posts: its text carries who sent it, the how manieth it is, and when.
struct Post: Sendable, Equatable {
    /// What stands at the beginning of the text: `b:{sender}:{number}:{nanoseconds}:`.
    struct Marker: Sendable, Hashable {
        /// Number of the client within the run.
        let sender: Int
        /// Counts the sender's posts from 0, without gaps.
        let number: Int
        /// Monotonic clock.
        let sentAt: UInt64
    }

    let marker: Marker
    let text: String
    let isQuestion: Bool

    init(_ marker: Marker, textBytes: Int, isQuestion: Bool = false) {
        self.marker = marker
        self.isQuestion = isQuestion
        var text = "b:\(marker.sender):\(marker.number):\(marker.sentAt):"
        while text.utf8.count < textBytes { text.append("x") }
        self.text = text
    }

    /// The same post with another time in its text.
    func carrying(_ time: UInt64) -> Post {
        let marker = Marker(sender: marker.sender, number: marker.number, sentAt: time)
        return Post(marker, textBytes: text.utf8.count, isQuestion: isQuestion)
    }

    /// The key that makes a retry harmless: the same for every attempt of this post.
    var clientID: String { Self.clientID(sender: marker.sender, number: marker.number) }

    static func clientID(sender: Int, number: Int) -> String { "b-\(sender)-\(number)" }

    func frame(ref: Int) -> String {
        let kind = isQuestion ? "question" : "text"
        return #"{"ref":\#(ref),"type":"chat.post","client_id":"\#(clientID)","kind":"\#(kind)","text":"\#(text)"}"#
    }
}

extension Post.Marker {
    /// Nil for a text that the benchmark did not write.
    init?(_ text: ArraySlice<UInt8>) {
        guard text.starts(with: [0x62, 0x3A]) else { return nil }
        let fields = text.dropFirst(2).split(separator: 0x3A, maxSplits: 3, omittingEmptySubsequences: false)
        guard fields.count == 4,
            let sender = Int(String(decoding: fields[0], as: UTF8.self)),
            let number = Int(String(decoding: fields[1], as: UTF8.self)),
            let sentAt = UInt64(String(decoding: fields[2], as: UTF8.self))
        else { return nil }
        self.init(sender: sender, number: number, sentAt: sentAt)
    }
}
