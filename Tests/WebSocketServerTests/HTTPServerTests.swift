import HTTPTypes
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
                #expect(response.headers["x-request-id"]?.count == 32)
            }
        }
    }

    @Test func `pipelined requests are answered in their order, bodies and all`() async throws {
        try await withServer(.make()) { port in
            let client = try RawClient(port: port)
            let requests = (0..<20).map { number in
                number % 2 == 0
                    ? "GET /items/\(number) HTTP/1.1\r\nHost: a\r\n\r\n"
                    : "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n\(100 + number)"
            }
            try client.send(requests.joined())
            let bodies = try (0..<20).map { _ in try client.readResponse().body }
            #expect(bodies == (0..<20).map { $0 % 2 == 0 ? "item \($0)" : "3:\(100 + $0)" })
        }
    }

    @Test func `HEAD has GET's headers and no body`() async throws {
        try await withServer(.make()) { port in
            let client = try RawClient(port: port)
            let head = try client.exchange("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n", hasBody: false)
            #expect(head.status == 200)
            #expect(head.headers["content-length"] == "5")
            #expect(try client.exchange("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n").body == "hello")
        }
    }

    @Test func `a POST without a length has an empty body and keeps the connection`() async throws {
        try await withServer(.make()) { port in
            let client = try RawClient(port: port)
            for _ in 0..<2 {
                #expect(try client.exchange("POST /echo HTTP/1.1\r\nHost: a\r\n\r\n").body == "0:")
            }
        }
    }

    @Test func `a body that comes late and in pieces is read whole`() async throws {
        try await withServer(.make()) { port in
            let client = try RawClient(port: port)
            let body = String(repeating: "x", count: 90_000)
            try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 90000\r\nExpect: 100-continue\r\n\r\n")
            #expect(try client.readUntil("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
            try client.send(body)
            #expect(try client.readResponse().body == "90000:" + body)
        }
    }

    @Test(arguments: [
        ("GET /none HTTP/1.1\r\nHost: a\r\n\r\n", 404, false),
        ("POST /none HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab", 404, false),
        ("DELETE /hello HTTP/1.1\r\nHost: a\r\n\r\n", 405, false),
        ("BREW /hello HTTP/1.1\r\nHost: a\r\n\r\n", 405, false),
        ("GET /socket HTTP/1.1\r\nHost: a\r\n\r\n", 426, false),
        ("GET /%2e%2e/x HTTP/1.1\r\nHost: a\r\n\r\n", 400, true),
        ("nonsense\r\n\r\n", 400, true),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, true),
        ("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n", 400, true),
        ("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: br, chunked\r\n\r\n0\r\n\r\n", 501, true),
        ("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc", 400, true),
        ("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400, true),
        ("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\nabc", 413, true),
        ("GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505, true),
    ])
    func `a fault is answered, and closes where the next request cannot be found`(
        request: String, status: Int, closes: Bool
    ) async throws {
        try await withServer(.make()) { port in
            let client = try RawClient(port: port)
            let response = try client.exchange(request)
            #expect(response.status == status)
            #expect(response.body == "fault \(status)")
            #expect(response.headers["x-request-id"] != nil)
            #expect((response.headers["connection"] == "close") == closes)
            if closes {
                #expect(try client.isAtEnd())
            } else {
                #expect(try client.exchange("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n").status == 200)
            }
        }
    }

    @Test func `405 names the methods, 426 the version`() async throws {
        try await withServer(.make()) { port in
            let client = try RawClient(port: port)
            let wrongMethod = try client.exchange("PUT /echo HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(wrongMethod.headers["allow"] == "POST")
            let noUpgrade = try client.exchange("GET /socket HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(noUpgrade.headers["sec-websocket-version"] == "13")
        }
    }

    @Test func `headers over the limit are 431, a request line over it 414`() async throws {
        try await withServer(.make()) { port in
            let headers = try RawClient(port: port)
            let field = "X-Long: " + String(repeating: "x", count: 17_000)
            #expect(try headers.exchange("GET / HTTP/1.1\r\nHost: a\r\n\(field)\r\n\r\n").status == 431)
            let line = try RawClient(port: port)
            #expect(try line.exchange("GET /" + String(repeating: "x", count: 17_000)).status == 414)
        }
    }

    @Test func `a client that is still sending reads the refusal of its body`() async throws {
        try await withServer(.make()) { port in
            let client = try RawClient(port: port)
            try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n")
            try client.send([UInt8](repeating: 120, count: 1_000_000))
            #expect(try client.readResponse().status == 413)
        }
    }

    @Test(arguments: [("/items/7", "item 7"), ("/names/a%2Fb%20c", "name a/b c"), ("/names/x+y", "name x+y")])
    func `path parameters are decoded after the split`(path: String, body: String) async throws {
        try await withServer(.make()) { port in
            let client = try RawClient(port: port)
            #expect(try client.exchange("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n").body == body)
        }
    }

    @Test func `HTTP/1.0 closes unless it is asked to stay`() async throws {
        try await withServer(.make()) { port in
            let staying = try RawClient(port: port)
            let response = try staying.exchange("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            #expect(response.headers["connection"] == "keep-alive")
            #expect(try staying.exchange("GET /hello HTTP/1.0\r\n\r\n").headers["connection"] == "close")
            #expect(try staying.isAtEnd())
        }
    }

    @Test func `a large response reaches a slow reader whole, and the next request is answered`() async throws {
        var router = Router.make()
        let large = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        router.add(.get, "/large") { _ in Response(status: .ok, body: .bytes(large)) }
        let configuration = WebServerConfiguration.make { $0.sendBufferBytes = 8192 }
        try await withServer(router, configuration) { port in
            let client = try RawClient(port: port, receiveBuffer: 4096)
            try client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.readUntil("\r\n\r\n").contains("Content-Length: 3000000\r\n"))
            #expect(try client.read(large.count) == large)
            #expect(try client.readResponse().body == "hello")
        }
    }

    @Test func `the result of a handler whose client has gone is dropped`() async throws {
        var router = Router.make()
        let entered = Mailbox<Bool>()
        let leave = Mailbox<Bool>()
        router.add(.get, "/slow") { _ in
            entered.put(true)
            _ = await onThread { try? leave.take() }
            return .text("late")
        }
        try await withServer(router) { port in
            let client = try RawClient(port: port)
            try client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try entered.take()
            client.close()
            leave.put(true)
            let other = try RawClient(port: port)
            #expect(try other.exchange("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n").status == 200)
        }
    }

    @Test func `a slow head is answered 408, an idle connection closed without a word`() async throws {
        let configuration = WebServerConfiguration.make {
            $0.headTimeout = .milliseconds(200)
            $0.keepAliveTimeout = .milliseconds(200)
        }
        try await withServer(.make(), configuration) { port in
            let slow = try RawClient(port: port)
            #expect(try slow.exchange("GET / HTTP/1.1\r\nHo").status == 408)
            let idle = try RawClient(port: port)
            #expect(try idle.exchange("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n").status == 200)
            #expect(try idle.isAtEnd())
            let silent = try RawClient(port: port)
            #expect(try silent.isAtEnd())
        }
    }

    @Test func `connections over the limit are answered 503`() async throws {
        let configuration = WebServerConfiguration.make { $0.maxConnections = 2 }
        try await withServer(.make(), configuration) { port in
            let kept = try (0..<2).map { _ in try RawClient.webSocket(port) }
            #expect(try RawClient(port: port).readResponse().status == 503)
            withExtendedLifetime(kept) {}
        }
    }

    @Test func `a response cannot be split by a header`() async throws {
        var router = Router.make()
        router.add(.get, "/split") { _ in
            Response(status: .ok, headers: [.location: "/a\r\nSet-Cookie: x=1"])
        }
        try await withServer(router) { port in
            let client = try RawClient(port: port)
            let response = try client.exchange("GET /split HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(response.headers["set-cookie"] == nil)
        }
    }
}
