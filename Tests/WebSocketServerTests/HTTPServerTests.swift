import Testing
import WebSocketServer

@Suite struct HTTPServerTests {
    @Test func `a request is answered with its length and the connection stays`() async throws {
        try await withServer(.make()) { port in
            let client = try RawClient(port: port)
            for _ in 0..<3 {
                let response = try client.exchange("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(response.status == 200)
                #expect(response.body == "hello")
                #expect(response.headers["content-length"] == "5")
                #expect(response.headers["connection"] == nil)
            }
        }
    }
}
