/// What is spoken on the connections: the hub's channel, or plain texts that a server relays to its whole room.
///
/// Everything else (sockets, framing, pacing, counting, checking) is the same for both, so that figures compare.
enum Dialect: Sendable {
    case hub
    /// No hello, no answers. The relay must keep the order of one sender; the number of a text is its place, so a room
    /// has one sender.
    case plain

    var subprotocol: String? { self == .hub ? "amphi.v1" : nil }

    /// Whether a post is answered, and a client greeted.
    var hasReplies: Bool { self == .hub }

    func frame(of post: Post, ref: Int64) -> String { self == .hub ? post.frame(ref: Int(ref)) : post.text }

    func read(_ bytes: [UInt8]) throws(JSONScanner.Malformed) -> ServerFrame {
        guard self == .plain else { return try ServerFrame(decoding: bytes) }
        // A relay may say more (nchan answers its publisher); only marked texts were sent by us.
        guard let marker = Post.Marker(bytes[...]) else { return .ephemeral(name: "other") }
        let seq = Int64(marker.number) + 1
        let digest = EventDigest.make(seq: seq, type: "text".utf8, id: nil, author: nil, text: bytes)
        let event = SessionEvent(seq: seq, digest: digest, marker: marker, author: Int64(marker.sender), clientID: nil)
        return .events(EventBatch(position: seq, events: [event]))
    }
}
