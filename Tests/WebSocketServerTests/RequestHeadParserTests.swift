import HTTPTypes
import Testing

@testable import WebSocketServer

@Suite struct RequestHeadParserTests {
    private func parse(_ text: String, maxBytes: Int = 1000) -> RequestHeadParser.Result {
        var parser = RequestHeadParser(maxBytes: maxBytes)
        return parser.parse(Array(text.utf8))
    }

    private func fault(_ text: String) -> HTTPFault? {
        if case .fault(let fault) = parse(text) { fault } else { nil }
    }

    @Test func `a head is read whole, and only it`() {
        let text = "\r\nPOST /a?b=c HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nX-Two:  a b\t\r\nX-Two: c\r\n\r\n"
        let head = RequestHead(
            method: .post, target: "/a?b=c", minorVersion: 1,
            headers: [
                .make("Host"): "x", .contentLength: "3", .make("X-Two"): "a b",
                .make("X-Two"): "c",
            ], framing: .length(3))
        #expect(parse(text + "abcGET") == .head(head, count: text.utf8.count))
    }

    @Test func `a head that comes byte by byte is the same head`() {
        let text = "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n\r\n"
        var parser = RequestHeadParser(maxBytes: 1000)
        var input: [UInt8] = []
        for byte in text.utf8.dropLast() {
            input.append(byte)
            #expect(parser.parse(input) == .needsMore)
        }
        #expect(parser.parse(Array(text.utf8)) == parse(text))
    }

    @Test(arguments: [
        "GET / HTTP/1.1\nHost: x\n\r\n\r\n",
        "GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1 \r\nHost: x\r\n\r\n",
        "GET / http/1.1\r\nHost: x\r\n\r\n",
        "G(T / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET a HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /ä HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nA: b\u{0}c\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n: none\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3, 3\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +3\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -3\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x3\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
    ])
    func `what two servers could read differently is malformed`(text: String) {
        guard case .malformed = fault(text) else {
            Issue.record("accepted")
            return
        }
    }

    @Test(arguments: [
        ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", HTTPFault.codingNotImplemented),
        ("GET / HTTP/2.0\r\nHost: x\r\n\r\n", .versionNotSupported),
        ("GET / HTTP/1.2\r\nHost: x\r\n\r\n", .versionNotSupported),
    ])
    func `what is well formed and not served has its own status`(text: String, expected: HTTPFault) {
        #expect(fault(text) == expected)
    }

    @Test func `an endless request line is 414, endless headers are 431`() {
        #expect(parse(String(repeating: "a", count: 101), maxBytes: 100) == .fault(.targetTooLong))
        let headers = "GET / HTTP/1.1\r\nA: " + String(repeating: "b", count: 100)
        #expect(parse(headers, maxBytes: 100) == .fault(.headersTooLarge))
        #expect(parse(headers + "\r\n\r\n", maxBytes: 100) == .fault(.headersTooLarge))
    }

    @Test(arguments: [
        ("http://host/a?b", "/a?b"), ("HTTP://host", "/"), ("https://host?q", "/?q"), ("/a//b", "/a//b"),
    ])
    func `the absolute form is taken for its path`(target: String, expected: String) {
        guard case .head(let head, _) = parse("GET \(target) HTTP/1.1\r\nHost: x\r\n\r\n") else {
            Issue.record("refused")
            return
        }
        #expect(head.target == expected)
    }

    @Test(arguments: [
        ("HTTP/1.1", "", true), ("HTTP/1.1", "Connection: close\r\n", false),
        ("HTTP/1.1", "Connection: keep-alive, Close\r\n", false), ("HTTP/1.0", "", false),
        ("HTTP/1.0", "Connection: Keep-Alive\r\n", true),
    ])
    func `the connection stays as the version and the client say`(version: String, header: String, stays: Bool) {
        guard case .head(let head, _) = parse("GET / \(version)\r\nHost: x\r\n\(header)\r\n") else {
            Issue.record("refused")
            return
        }
        #expect(head.keepsAlive == stays)
    }
}
