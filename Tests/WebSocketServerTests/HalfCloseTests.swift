import Foundation
import HTTPTypes
import Testing
import WebSocketServer

/// Clients that end their side behind their requests (`printf ... | nc`, `socat`) and wait for the answers.
@Suite(.timeLimit(.minutes(3))) struct HalfCloseTests {
    private struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let requests: String
        /// How each answer begins, after its status line.
        let bodies: [String]
        var testDescription: String { name }
    }

    private static let large = String(repeating: "x", count: 90_000)
    private static let get = "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"
    private static func post(_ body: String) -> String {
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }
    private static let cases = [
        Case(name: "a request", requests: get, bodies: ["slowly"]),
        Case(name: "a short body", requests: post("four"), bodies: ["4:four"]),
        Case(name: "a body of many pieces", requests: post(large), bodies: ["90000:" + large]),
        Case(
            name: "pipelined", requests: get + post("four") + get + post(large) + get,
            bodies: ["slowly", "4:four", "slowly", "90000:" + large, "slowly"]),
        Case(
            name: "an answer that is larger than all buffers", requests: "GET /large HTTP/1.1\r\nHost: a\r\n\r\n" + get,
            bodies: [String(repeating: "y", count: 4_000_000), "slowly"]),
        Case(name: "half a request", requests: get + "GET /slo", bodies: ["slowly"]),
    ]

    private static var router: Router {
        var router = Router.make()
        // The end of the stream is there long before the answer.
        router.add(.get, "/slow") { _ in
            try? await Task.sleep(for: .milliseconds(100))
            return .text("slowly")
        }
        router.add(.get, "/large") { _ in .text(String(repeating: "y", count: 4_000_000)) }
        return router
    }

    private static func answers(_ client: RawClient, _ test: Case) throws {
        for body in test.bodies {
            let response = try client.readResponse()
            #expect(response.status == 200)
            #expect(response.body == body, "\(response.body.count) bytes")
        }
        #expect(try client.isAtEnd())
    }

    // Found from outside, no. 1
    @Test(arguments: cases) private func `over plain HTTP a client that ends its side is answered`(test: Case)
        async throws
    {
        try await withServer(Self.router) { port in
            let client = try RawClient(port: port)
            let requests = Array(test.requests.utf8)
            try client.send(requests)
            client.shutdownWriting()
            try Self.answers(client, test)
        }
    }

    /// Reads requests from its input to the end, sends them over TLS (at once, or `slowly`: 50 KB each fifth of a
    /// second) with the end of its side behind them, and writes out what comes back.
    private static let client = """
        import socket, ssl, sys, time
        context = ssl.create_default_context(cafile=sys.argv[2])
        context.check_hostname = False
        tcp = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 60)
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(incoming, outgoing)
        def send():
            data = outgoing.read()
            if data: tcp.sendall(data)
        def step(call):
            while True:
                try:
                    return call()
                except ssl.SSLWantReadError:
                    send()
                    data = tcp.recv(65536)
                    if data: incoming.write(data)
                    else: incoming.write_eof()
        step(tls.do_handshake)
        requests = sys.stdin.buffer.read()
        while requests:
            requests = requests[tls.write(requests[:50000]):]
            if sys.argv[3] != "slowly": continue
            send()
            time.sleep(0.2)
        if sys.argv[3] == "notify":
            try: tls.unwrap()
            except ssl.SSLWantReadError: pass
        send()
        if sys.argv[3] == "dripping":
            sys.stdout.buffer.write(step(lambda: tls.read(65536)))
            sys.stdout.buffer.flush()
            time.sleep(60)
        tcp.shutdown(socket.SHUT_WR)
        while True:
            try: data = step(lambda: tls.read(65536))
            except ssl.SSLError: break
            if not data: break
            sys.stdout.buffer.write(data)
        """

    static func tlsClient(_ port: UInt16, _ tls: WebServerConfiguration.TLS, _ end: String) throws -> RawClient {
        var pair: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0 else {
            throw RawClient.Failure(description: "socketpair: errno \(errno)")
        }
        let python = Process()
        let path = ProcessInfo.processInfo.environment["AMPHI_TEST_PYTHON"] ?? "/usr/bin/python3"
        python.executableURL = URL(filePath: path)
        python.arguments = ["-c", client, "\(port)", tls.certificatePath, end]
        let other = FileHandle(fileDescriptor: pair[1], closeOnDealloc: true)
        python.standardInput = other
        python.standardOutput = other
        try python.run()
        try other.close()
        return RawClient(descriptor: pair[0]) { python.terminate() }
    }

    // Found from outside, no. 1
    @Test(arguments: cases, ["notify", "without a word"])
    private func `over TLS a client that ends its side is answered`(test: Case, end: String) async throws {
        let certificate = try TLSTests.Certificate()
        defer { certificate.remove() }
        let tls = certificate.tls
        try await withServer(Self.router, .make { $0.tls = tls }) { port in
            let client = try Self.tlsClient(port, tls, end)
            let requests = Array(test.requests.utf8)
            try client.send(requests)
            client.shutdownWriting()
            try Self.answers(client, test)
        }
    }
}
