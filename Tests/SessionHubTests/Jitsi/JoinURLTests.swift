import StrictJSON
import TestSupport
import Testing
import Tokens

@testable import SessionHub

/// What arrives at Jitsi of what a join URL and a token say.
@Suite("What reaches Jitsi")
struct JoinURLTests {
    func service(
        _ server: String = "https://meet.example.org", domain: String? = nil,
        tokenIn place: JitsiConfiguration.TokenPlace = .fragment
    ) throws -> JitsiService {
        var settings = JitsiConfiguration.Settings()
        (settings.serverURL, settings.domain, settings.tokenPlace) = (server, domain, place)
        settings.appSecret = JitsiConfigurationTests.secret
        return try JitsiService(JitsiConfiguration(settings))
    }

    func token(_ service: JitsiService, room: String = "mdsc-1", name: String = "Awa", now: Timestamp) throws -> String
    {
        let person = Person(id: 7, firstName: name, lastName: "", avatar: nil)
        let made = try service.generateJWT(
            room: room, user: person, email: "awa@school.example", isModerator: false, mayRecord: false, now: now
        )
        return try #require(made).token
    }

    // Found from outside, no. 29, no. 30
    @Test(
        arguments: [
            ("https://meet.example.org", nil, "meet.example.org"),
            ("https://meet.example.org:8443", nil, "meet.example.org"),
            ("https://meet.example.org:8443", "meet.jitsi", "meet.jitsi"),
            ("https://meet.example.org/School", nil, "meet.example.org"),
            ("https://meet.example.org:8443/school", "meet.jitsi", "meet.jitsi"),
        ] as [(String, String?, String)])
    func `Prosody lets the bearer into the room of the join URL and of the page, and into no other`(
        server: String, domain: String?, prosody: String
    ) throws {
        let (service, now) = (try service(server, domain: domain), Classroom.ten)
        let rules = ProsodyRules(
            secret: JitsiConfigurationTests.secret, appID: "mdsc-app", audience: "mdsc-app", domain: prosody
        )
        let token = try token(service, now: now)
        let url = service.generateJoinURL(room: "mdsc-1", token: token, subject: "S", isModerator: false)
        let room = service.configuration.address.room("mdsc-1")
        let embedded = "https://\(room.embedHost)/\(room.embedName)"
        #expect(JitsiParser.parameters(url)["jwt"] == .string(token))
        for entered in [url, embedded] {
            #expect(rules.refusal(token, entering: rules.roomAddress(of: entered), now: now.seconds) == nil)
        }
        let another = service.generateJoinURL(room: "mdsc-2", token: token, subject: "S", isModerator: false)
        #expect(rules.refusal(token, entering: rules.roomAddress(of: another), now: now.seconds) != nil)
        let elsewhere = rules.roomAddress(of: "https://meet.example.org/other/mdsc-1")
        #expect(rules.refusal(token, entering: elsewhere, now: now.seconds) != nil)
    }

    static let titles = [
        #"Say "hello""#, #"C:\temp\new"#, #"A \& B"#, #"A \\& B"#, "R&D = 100 % & more", "<b>#1</b>", "it's",
        "“curly” ‘quotes’ ”",
        "%22", "%", "a=b&c=d", "L’été à l’école — été", "数学", "🎓 fin 👩🏽‍🏫", "\u{2028}line\u{2029}", "\\u0022", "\\", "\"",
        "'", "#", "?",
        "/", "undefined", "null", "{}", "__proto__", "\u{feff}x", "e\u{301}", "\u{202e}rtl",
    ]

    // Found from outside, no. 34
    @Test(arguments: titles)
    func `a title arrives as it was written`(title: String) throws {
        let url = try service().generateJoinURL(room: "r", token: "t.o.k", subject: title, isModerator: true)
        #expect(JitsiParser.parameters(url)["config.subject"] == .string(title.trimmed))
        #expect(JitsiParser.parameters(url).count == url.split(separator: "&").count)
        #expect(url.utf8.allSatisfy { (0x21...0x7E).contains($0) && !"\"'<>\\^`{|}".utf8.contains($0) })
        // A program on the way that decodes the address once more leaves JSON and separators whole.
        let decoded = try #require(JitsiParser.percentDecoded(String(url.drop { $0 != "#" })))
        #expect(decoded.filter { $0 == "&" }.count == url.filter { $0 == "&" }.count)
    }

    // Found from outside, no. 34
    @Test func `Property: any title arrives, with what XML forbids blanked`() throws {
        var random = SeededGenerator(seed: 34)
        let service = try service()
        let special = Array(#"\&"'<>#%=“”‘’+?/u0022{}[] "#.unicodeScalars)
        for round in 0..<2000 {
            var scalars = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                let any = UInt32.random(in: 0...0x10FFFF, using: &random)
                let scalar = Bool.random(using: &random) ? special.randomElement(using: &random) : UnicodeScalar(any)
                scalars.append(scalar ?? "\u{b}")
            }
            let title = String(scalars)
            let url = service.generateJoinURL(room: "r", token: nil, subject: title, isModerator: false)
            let arrived = JitsiParser.parameters(url)["config.subject"]?.stringValue
            #expect(arrived == JitsiText.clean(title), "round \(round): \(title.debugDescription)")
            #expect(ProsodyRules.isXMLText(arrived ?? "\0"))
        }
    }

    // Found from outside, no. 35: the door that is Jitsi's.
    @Test(arguments: [
        ("Awa\u{0}", "Awa"), ("A\u{1b}wa", "A wa"), ("\u{7}", "#7"), ("Awa\nNdiaye", "Awa Ndiaye"),
        ("\u{fffe}Awa\u{ffff}", "Awa"), ("A\u{85}B", "A B"), ("\u{1fffe}", "#7"),
    ])
    func `no control character reaches a token's name, nor a subject`(name: String, told: String) throws {
        let service = try service()
        let claims = try service.verifyJWT(
            token(service, name: name, now: Classroom.ten), nowSeconds: Classroom.ten.seconds
        )
        #expect(claims["context"]?["user"]?["name"] == .string(told))
        let url = service.generateJoinURL(room: "r", token: nil, subject: name, isModerator: false)
        #expect(JitsiParser.parameters(url)["config.subject"] == .string(told == "#7" ? "" : told))
    }

    // Found from outside, no. 32
    @Test(arguments: [true, false], [true, false])
    func `the embedded call gets what the join URL sets`(isModerator: Bool, hasToken: Bool) throws {
        let settings = JitsiCallSettings(subject: "Séance", isModerator: isModerator, hasToken: hasToken)
        let expected: JSONObject = [
            "subject": "Séance", "prejoinConfig": ["enabled": false], "startWithAudioMuted": .bool(!isModerator),
            "startWithVideoMuted": .bool(!isModerator), "disableInviteFunctions": true, "disableDeepLinking": true,
            hasToken ? "readOnlyName" : "requireDisplayName": true,
        ]
        #expect(settings.overwrite == expected)
        let url = "https://x/r#\(settings.fragment.joined(separator: "&"))"
        for (name, value) in JitsiParser.parameters(url) {
            let path = name.split(separator: ".").dropFirst().map(String.init)
            #expect(path.reduce(JSON.object(settings.overwrite)) { $0[$1] ?? .null } == value, "\(name)")
        }
        #expect(JitsiParser.parameters(url).count == expected.count)
    }
}
