import Testing

@testable import amphi_bench

struct HandshakeTests {
    private static let good = """
        HTTP/1.1 101 Switching Protocols\r
        Upgrade: WebSocket\r
        Connection: Upgrade\r
        sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
        Sec-WebSocket-Protocol: amphi.v1\r
        \r

        """

    @Test func `a right answer opens, and frames follow it`() {
        let bytes = Array(Self.good.utf8)
        #expect(Handshake.outcome(of: bytes + [0x81, 0x00], subprotocol: "amphi.v1") == .open(framesFrom: bytes.count))
        #expect(Handshake.outcome(of: Array(bytes.dropLast()), subprotocol: "amphi.v1") == .incomplete)
    }

    @Test(arguments: [
        ("101 Switching Protocols", "503 Busy", "HTTP 503"),
        ("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "AAAALMBiTxaQ9kYGzzhZRbK+xOo=", "wrong Sec-WebSocket-Accept"),
        ("amphi.v1", "other", "wrong subprotocol"), ("Upgrade: WebSocket", "X: y", "101 without Upgrade: websocket"),
    ])
    func `a wrong answer is refused with its reason`(part: String, other: String, reason: String) {
        let pieces = Self.good.split(separator: part, maxSplits: 1, omittingEmptySubsequences: false)
        let bytes = Array(pieces.joined(separator: other).utf8)
        #expect(Handshake.outcome(of: bytes, subprotocol: "amphi.v1") == .refused(reason))
    }

    @Test func `a subprotocol that nobody asked for is refused`() {
        let outcome = Handshake.outcome(of: Array(Self.good.utf8), subprotocol: nil)
        #expect(outcome == .refused("wrong subprotocol"))
    }

    @Test(arguments: ["https://127.0.0.1", "127.0.0.1:80", "http://", "http://127.0.0.1/x", "http://127.0.0.1:99999"])
    func `only plain addresses are taken`(url: String) {
        #expect(throws: SetupError.self) { try HubAddress(url: url) }
    }

    @Test(arguments: [("http://127.0.0.1:8080/", "127.0.0.1:8080", true), ("http://[::1]:81", "[::1]:81", false)])
    func `an address gives its Host field`(url: String, host: String, isLoopback4: Bool) throws {
        let address = try HubAddress(url: url)
        #expect(address.host == host)
        #expect(address.socket.isLoopback4 == isLoopback4)
    }

    @Test func `a hello says where the client stands, and what it saw last`() {
        #expect(Handshake.hello(token: "t") == #"{"ref":1,"type":"hello","token":"t","client":"amphi-bench"}"#)
        #expect(
            Handshake.hello(token: "t", resume: (9, "e"), witness: (8, "2026-03-15T10:05:33.874Z"))
                == #"{"ref":1,"type":"hello","token":"t","resume":{"seq":9,"epoch":"e","#
                + #""witness":{"seq":8,"at":"2026-03-15T10:05:33.874Z"}},"client":"amphi-bench"}"#)
    }
}
