/// The HTTP side of opening a channel (RFC 6455, section 4.1).
enum Handshake {
    enum Outcome: Equatable {
        case incomplete
        /// The upgrade is done; frames begin at this offset.
        case open(framesFrom: Int)
        case refused(String)
    }

    /// The key of the RFC's example with its answer: a random one would need SHA-1 and would prove nothing more here.
    private static let key = "dGhlIHNhbXBsZSBub25jZQ=="
    private static let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    private static let longestHead = 16 * 1024

    static func request(host: String, path: String, subprotocol: String?) -> [UInt8] {
        var lines = [
            "GET \(path) HTTP/1.1", "Host: \(host)", "Upgrade: websocket", "Connection: Upgrade",
            "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: \(key)",
        ]
        if let subprotocol { lines.append("Sec-WebSocket-Protocol: \(subprotocol)") }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    /// Reads the server's answer as far as it has come.
    static func outcome(of bytes: [UInt8], subprotocol: String?) -> Outcome {
        guard let head = HTTPHead(bytes) else {
            return bytes.count > longestHead ? .refused("the answer's head does not end") : .incomplete
        }
        guard head.status == 101 else { return .refused("HTTP \(head.status)") }
        guard head["upgrade"]?.lowercased() == "websocket" else { return .refused("101 without Upgrade: websocket") }
        guard head["sec-websocket-accept"] == accept else { return .refused("wrong Sec-WebSocket-Accept") }
        guard head["sec-websocket-protocol"] == subprotocol else { return .refused("wrong subprotocol") }
        return .open(framesFrom: head.length)
    }

    /// - Parameters:
    ///   - resume: where the client stood in which epoch, nil to start afresh.
    ///   - witness: the newest event up to there that the client was shown, with its time to the letter.
    static func hello(
        token: String, resume: (seq: Int64, epoch: String)? = nil, witness: (seq: Int64, at: String)? = nil
    ) -> String {
        let seen = witness.map { #","witness":{"seq":\#($0.seq),"at":"\#($0.at)"}"# } ?? ""
        let position = resume.map { #""resume":{"seq":\#($0.seq),"epoch":"\#($0.epoch)"\#(seen)},"# } ?? ""
        return #"{"ref":1,"type":"hello","token":"\#(token)",\#(position)"client":"amphi-bench"}"#
    }
}
