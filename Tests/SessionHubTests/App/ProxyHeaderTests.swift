import HTTPTypes
import Logging
import Synchronization
import Testing
import WebSocketServer

@testable import SessionHub

/// Who asks, behind proxies that say it in many ways.
@Suite("Proxy headers")
struct ProxyHeaderTests {
    private struct Finding: Equatable {
        /// Nil: nobody can tell.
        var source: String?
        var doubt: TrustedProxies.Doubt?

        init(_ source: String?, _ doubt: TrustedProxies.Doubt? = nil) {
            self.source = source
            self.doubt = doubt
        }
    }

    /// By what the limits per address count a request that 10.0.0.1 has passed on, and what is wrong with it.
    private func source(
        _ headers: [(String, String)], header: ProxyHeader = .either
    ) -> Finding {
        var request = Request(method: .get, path: "/", remoteAddress: "10.0.0.1")
        for (name, value) in headers {
            if let name = HTTPField.Name(name) { request.headers.append(HTTPField(name: name, value: value)) }
        }
        let doubt = TrustedProxies(["10.0.0.0/8"], header: header).identify(&request)
        return Finding(request.source?.description, doubt)
    }

    // Found from outside, no. 40
    @Test(arguments: [
        ("203.0.113.7", "203.0.113.7"), ("203.0.113.7:5678", "203.0.113.7"), (" 203.0.113.7 ", "203.0.113.7"),
        ("\"203.0.113.7:80\"", "203.0.113.7"), ("[2001:db8::7]", "2001:db8::/64"),
        ("[2001:db8::7]:443", "2001:db8::/64"),
        ("2001:db8::7", "2001:db8::/64"), ("::ffff:203.0.113.7", "203.0.113.7"),
        ("[::ffff:203.0.113.7]:9", "203.0.113.7"),
        ("fe80::7%eth0", "fe80::/64"), ("1.1.1.1,203.0.113.7", "203.0.113.7"),
        ("1.1.1.1 , 203.0.113.7 ,", "203.0.113.7"),
        (",, 203.0.113.7, ,10.0.0.9,", "203.0.113.7"), ("junk, 203.0.113.7", "203.0.113.7"),
        ("203.0.113.7, 10.0.0.9:80", "203.0.113.7"),
    ])
    func `X-Forwarded-For is read as proxies write it`(value: String, expected: String) {
        #expect(source([("X-Forwarded-For", value)]) == Finding(expected))
    }

    // Found from outside, no. 40
    @Test(arguments: [
        "unknown", "UNKNOWN", "_hidden", "-", "203.0.113", "203.0.113.7:", "203.0.113.7:99999", "203.0.113.7:x",
        "[2001:db8::7", "[203.0.113.7]:80", "[2001:db8::7]443", "client.example", "203.0.113.7, unknown",
        "203.0.113.7, junk, 10.0.0.9", "203.0.113.7 1.1.1.1", "0xcb007107", "203.0.113.07",
    ])
    func `what cannot be read is nobody's: not the proxy's, and not the one that stands before it`(value: String) {
        #expect(source([("X-Forwarded-For", value)]) == Finding(nil, .unreadable))
    }

    // Found from outside, no. 40
    @Test(arguments: [[], [("X-Forwarded-For", "")], [("X-Forwarded-For", " , ,")], [("Forwarded", "")]])
    func `a proxy that names nobody makes no identity for all`(headers: [(String, String)]) {
        #expect(source(headers) == Finding(nil, .missing))
    }

    // Found from outside, no. 40
    @Test(arguments: [
        ("for=203.0.113.7", "203.0.113.7"), ("For=\"203.0.113.7:5678\"", "203.0.113.7"),
        ("for=\"[2001:db8:cafe::17]:4711\"", "2001:db8:cafe::/64"), ("for=\"[2001:db8::1]\"", "2001:db8::/64"),
        ("for=203.0.113.7;proto=https;by=10.0.0.1", "203.0.113.7"),
        ("proto=http; for=203.0.113.7 ;host=a", "203.0.113.7"),
        ("for=1.1.1.1, for=203.0.113.7", "203.0.113.7"), ("for=203.0.113.7, for=10.0.0.9", "203.0.113.7"),
        ("for=unknown, for=203.0.113.7", "203.0.113.7"), ("for=\"203.0.113.7:_obf\"", "203.0.113.7"),
        // An open quote of the client swallows nothing that a proxy wrote.
        ("for=\"1.1.1.1, for=203.0.113.7", "203.0.113.7"), ("for=1.1.1.1;x=\"a,b;c\", for=203.0.113.7", "203.0.113.7"),
        (", for=203.0.113.7,", "203.0.113.7"),
    ])
    func `Forwarded is read as RFC 7239 has it`(value: String, expected: String) {
        #expect(source([("Forwarded", value)]) == Finding(expected))
    }

    // Found from outside, no. 40
    @Test(arguments: [
        "for=unknown", "for=_hidden", "for=\"_SEVKISEK\"", "by=10.0.0.1", "proto=https", "for=", "for", "203.0.113.7",
        "for=1.1.1.1;for=203.0.113.7", "for=203.0.113.7, for=_proxy", "for=[2001:db8::1", "for=203.0.113.7, nonsense",
    ])
    func `an obfuscated or broken Forwarded is nobody's`(value: String) {
        #expect(source([("Forwarded", value)]) == Finding(nil, .unreadable))
    }

    // Found from outside, no. 40
    @Test func `of both headers the one counts that the proxy maintains`() {
        let both = [("Forwarded", "for=1.1.1.1"), ("X-Forwarded-For", "203.0.113.7")]
        #expect(source(both) == Finding("203.0.113.7"))
        #expect(source(both, header: .forwardedFor) == Finding("203.0.113.7"))
        #expect(source(both, header: .forwarded) == Finding("1.1.1.1"))
        #expect(source([both[0]], header: .forwardedFor) == Finding(nil, .missing))
        #expect(source([both[1]], header: .forwarded) == Finding(nil, .missing))
        // The client cannot step in where the proxy's word is unreadable.
        #expect(source([both[0], ("X-Forwarded-For", "unknown")]) == Finding(nil, .unreadable))
        #expect(source([both[0], ("X-Forwarded-For", ",")]) == Finding(nil, .missing))
    }

    // Found from outside, no. 40
    @Test func `several lines of a header are one list`() {
        #expect(source([("X-Forwarded-For", "1.1.1.1"), ("X-Forwarded-For", "203.0.113.7")]) == Finding("203.0.113.7"))
        #expect(source([("Forwarded", "for=\"1.1.1.1"), ("Forwarded", "for=203.0.113.7")]) == Finding("203.0.113.7"))
    }

    @Test(
        arguments: [
            (ProxyHeader.either, [("X-Forwarded-Proto", "https")], true),
            (.either, [("X-Forwarded-Proto", "http, https")], true),
            (.either, [("Forwarded", "for=1.1.1.1;proto=HTTPS")], true), (.either, [("Forwarded", "for=1.1.1.1")], nil),
            (.either, [("X-Forwarded-Proto", "http"), ("Forwarded", "proto=https")], false),
            (.forwarded, [("X-Forwarded-Proto", "https")], nil), (.forwardedFor, [("Forwarded", "proto=https")], nil),
        ] as [(ProxyHeader, [(String, String)], Bool?)])
    func `the scheme comes from the same headers`(header: ProxyHeader, fields: [(String, String)], secure: Bool?) {
        var headers = HTTPFields()
        for (name, value) in fields { if let name = HTTPField.Name(name) { headers[name] = value } }
        #expect(header.isSecure(headers) == secure)
    }
}
