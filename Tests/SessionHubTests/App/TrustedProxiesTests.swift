import HTTPTypes
import Testing
import WebSocketServer

@testable import SessionHub

@Suite("Trusted proxies")
struct TrustedProxiesTests {
    /// Who asks, as the hub sees it.
    private func client(_ trusted: [String], from peer: String, _ forwarded: String?) -> String {
        var request = Request(method: .get, path: "/", remoteAddress: peer)
        if let name = HTTPField.Name("X-Forwarded-For") { request.headers[name] = forwarded }
        TrustedProxies(trusted).identify(&request)
        return request.remoteAddress
    }

    @Test func `nobody is believed who is not trusted`() {
        #expect(client([], from: "10.0.0.1", "203.0.113.7") == "10.0.0.1")
        #expect(client(["10.0.0.2"], from: "10.0.0.1", "203.0.113.7") == "10.0.0.1")
    }

    @Test func `the last address that is no trusted proxy counts, whatever the client wrote before it`() {
        let trusted = ["10.0.0.0/8", "::1"]
        #expect(client(trusted, from: "10.0.0.1", "203.0.113.7") == "203.0.113.7")
        #expect(client(trusted, from: "::1", "1.2.3.4, 203.0.113.7, 10.9.9.9") == "203.0.113.7")
        #expect(client(trusted, from: "10.0.0.1", "2001:DB8:0::7") == "2001:db8::7")
        #expect(client(trusted, from: "10.0.0.1", "::ffff:203.0.113.7") == "203.0.113.7")
        #expect(client(trusted, from: "10.0.0.1", "10.0.0.5") == "10.0.0.5")
    }

    @Test func `what is no address ends the chain`() {
        #expect(client(["10.0.0.0/8"], from: "10.0.0.1", nil) == "10.0.0.1")
        #expect(client(["10.0.0.0/8"], from: "10.0.0.1", "unknown") == "10.0.0.1")
        #expect(client(["10.0.0.0/8"], from: "10.0.0.1", "203.0.113.7, junk, 10.1.1.1") == "10.1.1.1")
        #expect(client(["10.0.0.0/8"], from: "10.0.0.1", "") == "10.0.0.1")
    }

    @Test func `a range covers exactly its bits`() {
        let proxies = TrustedProxies(["192.168.4.0/22", "2001:db8::/33", "0.0.0.0/32"])
        for inside in ["192.168.4.0", "192.168.7.255", "2001:db8:7fff::1", "0.0.0.0"] {
            #expect(proxies.contains(inside))
        }
        for outside in ["192.168.3.255", "192.168.8.0", "2001:db8:8000::", "0.0.0.1", "", "x"] {
            #expect(!proxies.contains(outside))
        }
        #expect(TrustedProxies(["0.0.0.0/0"]).contains("203.0.113.7"))
    }

    @Test(arguments: ["", "10.0.0", "10.0.0.0/33", "10.0.0.0/", "::/129", "proxy.example", "10.0.0.1/-1"])
    func `what is no range is told`(text: String) {
        #expect(TrustedProxies.problem(with: text) != nil)
    }

    @Test func `the scheme is the proxy's word`() {
        var request = Request(method: .get, path: "/", remoteAddress: "10.0.0.1")
        if let name = HTTPField.Name("X-Forwarded-Proto") { request.headers[name] = "https" }
        TrustedProxies(["10.0.0.2"]).identify(&request)
        #expect(!request.isSecure)
        TrustedProxies(["10.0.0.1"]).identify(&request)
        #expect(request.isSecure)
    }
}
