import Testing

@testable import WebSocketServer

@Suite struct HostValueTests {
    // Found from outside, no. 20
    @Test(arguments: [
        "", "a", "school.example", "School.Example:8080", "127.0.0.1:80", "xn--bcher-kva.example", "a_b.example",
        "a%20b",
        "school.example:", "school.example.", "[::1]", "[::1]:8080", "[::]", "[1:2:3:4:5:6:7:8]", "[fe80::1:2]:65535",
        "[::ffff:192.0.2.1]", "[1:2:3:4:5:6:1.2.3.4]", "[1::8]", "[v1.a:b]", "!$&'()*+,;=",
    ])
    func `a host with or without a port`(text: String) {
        #expect(HostValue.isValid(text))
    }

    // Found from outside, no. 20
    @Test(arguments: [
        "a b", "a/b", "a?b", "a#b", "a@b", "user:pw@a", "a:b", "a:80:80", "a:-1", "a:+1", "a:65536", "a:8080 ", "a\\b",
        "<a>",
        "\"a\"", "a|b", "a^b", "{a}", "é.example", "a%2", "a%zz", "[", "]", "[]", "[::1", "::1", "[::1]a", "[::1]:x",
        "[:::]", "[1:2:3:4:5:6:7]", "[1:2:3:4:5:6:7:8:9]", "[1::2::3]", "[12345::]", "[::1.2.3]", "[::1.2.3.256]",
        "[1.2.3.4::]", "[::1%25eth0]", "[v.a]", "[v1.]", "a, b", "http://a",
    ])
    func `anything else is refused`(text: String) {
        #expect(!HostValue.isValid(text))
    }

    // Found from outside, no. 20
    @Test(arguments: ["Host: a b", "Host: a/b", "Host: user@a", "Host: [::1", "Host: a:http"])
    func `a request with a malformed Host is answered 400`(line: String) async throws {
        try await withServer(.make()) { port in
            let client = try RawClient(port: port)
            #expect(try client.exchange("GET /hello HTTP/1.1\r\n\(line)\r\n\r\n").status == 400)
            #expect(try client.isAtEnd())
            let socket = try RawClient(port: port)
            let handshake = RawClient.handshake().replacing("Host: test", with: line)
            #expect(try socket.exchange(handshake).status == 400)
        }
    }

    // Found from outside, no. 20
    @Test(arguments: ["http:///hello", "http://:80/hello", "http://u@a/hello", "http://a b/hello", "http://[::1/hello"])
    func `a target with a malformed authority is answered 400`(target: String) async throws {
        try await withServer(.make()) { port in
            let client = try RawClient(port: port)
            #expect(try client.exchange("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n").status == 400)
        }
    }
}
