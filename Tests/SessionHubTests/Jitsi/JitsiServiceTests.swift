import StrictJSON
import TestSupport
import Testing
import Tokens

@testable import SessionHub

@Suite("Rooms, tokens and join URLs")
struct JitsiServiceTests {
    static let now = Classroom.ten
    let person = Person(id: 7, firstName: "Awa", lastName: "Ndiaye", avatar: nil)

    func service(
        tokenIn place: JitsiConfiguration.TokenPlace = .fragment, server: String = "https://meet.example.org",
        secret: String? = JitsiConfigurationTests.secret
    ) throws -> JitsiService {
        var settings = JitsiConfiguration.Settings()
        settings.serverURL = server
        settings.appSecret = secret
        settings.tokenPlace = place
        return try JitsiService(JitsiConfiguration(settings))
    }

    func claims(
        _ person: Person, email: String = "awa@school.example", isModerator: Bool = false, mayRecord: Bool = true
    ) throws -> JSONObject {
        let made = try #require(
            try service().generateJWT(
                room: "MDSC-Room", user: person, email: email, isModerator: isModerator, mayRecord: mayRecord,
                now: Self.now
            )
        )
        #expect(made.expiresAt == Self.now + 600_000)
        return try service().verifyJWT(made.token, nowSeconds: Self.now.seconds)
    }

    @Test func `a student's token says exactly this`() throws {
        let expected: JSONObject = [
            "aud": "mdsc-app", "iss": "mdsc-app", "sub": "meet.example.org", "room": "mdsc-room",
            "iat": 1_773_568_800, "nbf": 1_773_568_770, "exp": 1_773_569_400,
            "context": [
                "user": [
                    "id": "7", "name": "Awa Ndiaye", "email": "awa@school.example", "affiliation": "member",
                    "moderator": "false",
                ],
                "features": [
                    "recording": false, "livestreaming": false, "transcription": false, "screen-sharing": true,
                    "send-groupchat": true, "send-private-message": false, "create-polls": false, "file-upload": false,
                    "outbound-call": false, "sip-outbound-call": false,
                ],
            ],
        ]
        #expect(try claims(person) == expected)
    }

    @Test func `defect 1: only the hub's own word makes a moderator`() throws {
        let host = try claims(person, isModerator: true)
        #expect(host["context"]?["user"]?["affiliation"] == "owner" && host["context"]?["user"]?["moderator"] == "true")
        #expect(host["context"]?["features"]?["recording"] == true)
        let unrecorded = try claims(person, isModerator: true, mayRecord: false)
        #expect(unrecorded["context"]?["features"]?["recording"] == false)
    }

    @Test func `defect 19: a token lasts ten minutes from now, whatever the timetable says`() throws {
        let claims = try claims(person)
        #expect(claims["exp"]?.integerValue == Self.now.seconds + 600)
    }

    @Test func `defect 20: the name in the call is never empty`() throws {
        let nameless = Person(id: 7, firstName: " ", lastName: "", avatar: nil)
        #expect(try claims(nameless)["context"]?["user"]?["name"] == "#7")
    }

    @Test func `defect 21: what is not known is left out, and every value is a string`() throws {
        let user = try claims(person, email: "")["context"]?["user"]?.objectValue
        #expect(user?.members.map(\.name) == ["id", "name", "affiliation", "moderator"])
        #expect(user?.members.allSatisfy { $0.value.stringValue != nil } == true)
        let pictured = Person(id: 7, firstName: "Awa", lastName: "", avatar: "https://school.example/7.png")
        #expect(try claims(pictured)["context"]?["user"]?["avatar"] == "https://school.example/7.png")
    }

    @Test func `defect 3: an API token is no Jitsi token`() throws {
        let jitsi = try service()
        let made = try JWTSigner.hs256(secret: Array(JitsiConfigurationTests.secret.utf8)).sign([
            "userId": 7, "role": "admin", "aud": "mdsc-app", "iss": "mdsc-app", "exp": 1_773_569_400,
        ])
        #expect(throws: TokenError.missingClaim("room")) { try jitsi.verifyJWT(made, nowSeconds: Self.now.seconds) }
        let api = try TokenService(secret: TestHub.secret).mint(
            userID: 7, email: "a@b", role: .admin, issuedAt: Self.now.seconds, expiresAt: Self.now.seconds + 60
        )
        #expect(throws: TokenError.badSignature) { try jitsi.verifyJWT(api, nowSeconds: Self.now.seconds) }
    }

    @Test func `defect 4: a room's name has 128 bits that nobody can guess, in a readable shape`() throws {
        let jitsi = try service()
        let names = (0..<50).map { _ in jitsi.generateRoomName(course: 123, session: 45) }
        #expect(Set(names).count == 50)
        for name in names { #expect(try #/mdsc-course-123-session-45-[0-9a-f]{32}/#.wholeMatch(in: name) != nil) }
        let passwords = (0..<50).map { _ in jitsi.generateRoomPassword() }
        #expect(Set(passwords).count == 50)
        for password in passwords { #expect(try #/[a-z2-7]{26}/#.wholeMatch(in: password) != nil) }
    }

    @Test func `defect 4: token and settings stand in the fragment, and no password anywhere`() throws {
        let url = try service().generateJoinURL(room: "room", token: "t.o.k", subject: "L’été & co", isModerator: false)
        #expect(
            url == "https://meet.example.org/room#jwt=%22t.o.k%22"
                + "&config.subject=%22L%5Cu2019%5Cu00E9t%5Cu00E9%20%5Cu0026%20co%22&config.prejoinConfig.enabled=false"
                + "&config.startWithAudioMuted=true&config.startWithVideoMuted=true&config.disableInviteFunctions=true"
                + "&config.disableDeepLinking=true&config.readOnlyName=true"
        )
    }

    @Test func `an old server may get the token in the query`() throws {
        let url = try service(tokenIn: .query).generateJoinURL(
            room: "room", token: "t", subject: "s", isModerator: true)
        #expect(url.hasPrefix("https://meet.example.org/room?jwt=t#config.subject=%22s%22&"))
        #expect(url.contains("startWithAudioMuted=false"))
    }

    @Test func `link-only has a link and no token`() throws {
        let url = try service(server: "https://meet.jit.si", secret: nil).generateJoinURL(
            room: "room", token: nil, subject: "s", isModerator: true
        )
        #expect(url.hasPrefix("https://meet.jit.si/room#config.subject=%22s%22&") && !url.contains("jwt"))
    }
}
