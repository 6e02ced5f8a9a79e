import Testing

@testable import SessionHub

/// From the two keys to everything that follows from them: one table.
@Suite("Jitsi's two faces")
struct JitsiAddressTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let server: String
        let domain: String?
        let room: JitsiRoom
        let serverURL: String

        init(
            _ server: String, _ domain: String? = nil, sub: String, embed: String, name: String = "mdsc-1",
            origin: String, path: String = ""
        ) {
            self.server = server
            self.domain = domain
            serverURL = origin + path
            room = JitsiRoom(
                sub: sub, claim: "mdsc-1", embedHost: embed, embedName: name, url: "\(origin)\(path)/mdsc-1",
                scriptURL: "\(origin)/external_api.js"
            )
        }

        var testDescription: String { "\(server) \(domain ?? "-")" }
    }

    static let rows = [
        Row(
            "https://meet.example.org", sub: "meet.example.org", embed: "meet.example.org",
            origin: "https://meet.example.org"
        ),
        Row(
            "https://Meet.Example.org:8443/", sub: "meet.example.org", embed: "meet.example.org:8443",
            origin: "https://meet.example.org:8443"
        ),
        Row(
            "https://meet.example.org:443", sub: "meet.example.org", embed: "meet.example.org",
            origin: "https://meet.example.org"
        ),
        Row(
            "https://meet.example.org:8443", "meet.jitsi", sub: "meet.jitsi", embed: "meet.example.org:8443",
            origin: "https://meet.example.org:8443"
        ),
        Row(
            "https://meet.example.org/School_1", sub: "school_1", embed: "meet.example.org", name: "school_1/mdsc-1",
            origin: "https://meet.example.org", path: "/school_1"
        ),
        Row(
            "https://meet.example.org:8443/school/", "Meet.Jitsi", sub: "school", embed: "meet.example.org:8443",
            name: "school/mdsc-1", origin: "https://meet.example.org:8443", path: "/school"
        ),
        Row(
            "http://127.0.0.1:8000", "meet.jitsi", sub: "meet.jitsi", embed: "127.0.0.1:8000",
            origin: "http://127.0.0.1:8000"
        ),
        Row("http://127.0.0.1:80", sub: "127.0.0.1", embed: "127.0.0.1", origin: "http://127.0.0.1"),
        Row(
            "https://[2001:db8::1]:8443", sub: "[2001:db8::1]", embed: "[2001:db8::1]:8443",
            origin: "https://[2001:db8::1]:8443"),
    ]

    // Found from outside, no. 29, no. 30
    @Test(arguments: rows)
    func `claims, page and join URL name one room`(row: Row) throws {
        let address = try JitsiAddress(serverURL: row.server, domain: row.domain)
        #expect(address.room("mdsc-1") == row.room)
        #expect(address.serverURL == row.serverURL)
        #expect("https://\(row.room.embedHost)/\(row.room.embedName)".hasSuffix(row.room.url.drop { $0 != ":" }))
    }

    // Found from outside, no. 33
    @Test(arguments: [
        "", "meet.example.org", "ftp://meet.example.org", "https://", "https:///tenant", "https://meet.example.org?x=1",
        "https://meet.example.org/?", "https://meet.example.org/tenant?x", "https://meet.example.org#x",
        "https://meet.example.org/#", "https://user@meet.example.org", "https://user:word@meet.example.org/tenant",
        "https://meet.example.org/a/b", "https://meet.example.org/a b", "https://meet.example.org/a.b",
        "https://meet.example.org/..", "https://meet.example.org/%2e", "https://meet.example.org/t\u{e9}",
        "https://meet example.org", " https://meet.example.org", "https://meet..example.org",
        "https://-meet.example.org",
        "https://meet.example.org.", "https://meet.example.org:0", "https://meet.example.org:99999",
        "https://meet.example.org:", "https://meet.example.org:https", "https://m\u{e9}et.example.org", "https://[::1",
        "https://meet.example.org\\tenant", "https://meet.example.org/;x", "https://*", "https://meet.example.org/*",
    ])
    func `an address that cannot be used is refused, without repeating it`(server: String) {
        let error = #expect(throws: ConfigurationError.self) { try JitsiAddress(serverURL: server, domain: nil) }
        #expect(error?.problems.count == 1 && error?.description.hasPrefix("JITSI_SERVER_URL ") == true)
        #expect(error?.description.contains("word@") == false)
    }

    // Found from outside, no. 30, no. 33
    @Test(arguments: [
        "", "https://meet.example.org", "//meet.example.org", "meet.example.org:8443", "meet.example.org/tenant",
        "meet example.org", "user@meet.example.org", "meet.example.org?x", "*", "meet..org", ".", "m\u{e9}et.org",
        "meet.example.org.", "meet_\u{0}.org",
    ])
    func `an XMPP domain that cannot be used is refused`(domain: String) {
        let error = #expect(throws: ConfigurationError.self) {
            try JitsiAddress(serverURL: "https://meet.example.org", domain: domain)
        }
        #expect(error?.problems.count == 1 && error?.description.hasPrefix("JITSI_DOMAIN ") == true)
    }

    @Test func `both keys are told of at once, also by the reading of all keys`() {
        let keys = ["JITSI_SERVER_URL": "meet.example.org", "JITSI_DOMAIN": "https://meet.example.org"]
        let direct = #expect(throws: ConfigurationError.self) {
            try JitsiAddress(serverURL: "meet.example.org", domain: "https://meet.example.org")
        }
        let read = #expect(throws: ConfigurationError.self) { try HubConfiguration { keys[$0] } }
        #expect(direct?.problems.count == 2 && direct == read)
    }
}
