import StrictJSON
import TestSupport
import Testing
import Tokens

@testable import SessionHub

/// The Jitsi tokens of join, start and jitsi-token, decoded with Prosody's key to their exact claims.
@Suite("Jitsi over REST", .timeLimit(.minutes(5)))
struct JitsiRouteTests {
    static let secret = "the-secret-of-prosody-0123456789abcdef"

    /// An own server that checks HS256 tokens.
    static func selfHosted(_ configuration: inout HubConfiguration) {
        configuration.jitsi.serverURL = "https://meet.school.example/tenant"
        configuration.jitsi.appID = "school"
        configuration.jitsi.appSecret = secret
        configuration.jitsi.audience = "classes"
    }

    static func claims(_ token: String, _ room: Classroom) throws -> JSON {
        .object(
            try JWTVerifier.hs256(secret: Array(secret.utf8)).verify(
                token, now: room.nowSeconds, expectation: ClaimExpectation(audience: ["classes"], issuer: "school")
            )
        )
    }

    /// What Prosody is told of a person.
    private static func expected(
        _ person: Someone, room: LiveSession, now: Int64, isModerator: Bool, records: Bool = false
    ) -> JSON {
        [
            "aud": "classes", "iss": "school", "sub": "tenant", "room": .string(room.roomName),
            "iat": .integer(now), "nbf": .integer(now - 30), "exp": .integer(now + 600),
            "context": [
                "user": [
                    "id": .string(String(person.id)), "name": .string(person.fullName), "email": .string(person.email),
                    "affiliation": isModerator ? "owner" : "member", "moderator": isModerator ? "true" : "false",
                ],
                "features": [
                    "recording": .bool(records), "livestreaming": false, "transcription": false,
                    "screen-sharing": true, "send-groupchat": true, "send-private-message": .bool(isModerator),
                    "create-polls": .bool(isModerator), "file-upload": .bool(isModerator), "outbound-call": false,
                    "sip-outbound-call": false,
                ],
            ],
        ]
    }

    @Test func `join and jitsi-token sign the same claims: who one is, and no more`() async throws {
        try await Classroom.with(Self.selfHosted) { room in
            let session = try await room.live()
            let stored = try await room.row(session)
            for (person, isModerator) in [(Someone.awa, false), (.teacher, true), (.assistant, true), (.admin, true)] {
                for action in ["join", "jitsi-token"] {
                    let answer = try data(await room.post("/api/live-sessions/\(session)/\(action)", as: person))
                    let token = try #require(answer["jwt"]?.stringValue)
                    #expect(
                        try Self.claims(token, room)
                            == Self.expected(person, room: stored, now: room.nowSeconds, isModerator: isModerator)
                    )
                    #expect(answer["expires_at"] == "2026-03-15T09:10:00Z")
                    let url = try #require(answer["jitsi_join_url"]?.stringValue)
                    #expect(
                        url.hasPrefix(
                            "https://meet.school.example/tenant/\(stored.roomName)#jwt=%22\(token)%22&config."))
                    #expect(url.contains("config.startWithAudioMuted=\(!isModerator)"))
                    #expect(url.contains("config.readOnlyName=true"))
                }
            }
        }
    }

    // Found from outside, no. 29, no. 32
    @Test func `join says what the IFrame API takes: host, tenant and room, and the settings of the join URL`()
        async throws
    {
        try await Classroom.with({
            Self.selfHosted(&$0)
            $0.jitsi.serverURL = "https://meet.school.example:8443/tenant"
            $0.jitsi.domain = "meet.jitsi"
        }) { room in
            let session = try await room.live()
            let stored = try await room.row(session)
            let answer = try await room.join(session, .awa)
            #expect(answer["jitsi_domain"] == "meet.school.example:8443")
            #expect(answer["jitsi_room_name"] == .string(stored.roomName))
            #expect(answer["jitsi_embed_room"] == .string("tenant/\(stored.roomName)"))
            let url = try #require(answer["jitsi_join_url"]?.stringValue)
            #expect(url.hasPrefix("https://meet.school.example:8443/tenant/\(stored.roomName)#"))
            let parameters = JitsiParser.parameters(url)
            #expect(parameters["jwt"] == answer["jwt"])
            #expect(parameters["config.subject"] == answer["jitsi_config"]?["subject"])
            #expect(answer["jitsi_config"]?["readOnlyName"] == true)
            let token = try #require(answer["jwt"]?.stringValue)
            #expect(try Self.claims(token, room)["sub"] == "tenant")
            let config = try data(await room.client.send("GET", "/api/config"))["jitsi"]
            #expect(config?["domain"] == answer["jitsi_domain"])
            #expect(config?["script_url"] == "https://meet.school.example:8443/external_api.js")
            let policy = try await room.client.send("GET", "/").header("Content-Security-Policy") ?? ""
            #expect(policy.contains("script-src 'self' https://meet.school.example:8443;"))
            #expect(policy.contains("frame-src https://meet.school.example:8443;"))
        }
    }

    // Found from outside, no. 31
    @Test func `a token is for those who hold a seat, and for hosts`() async throws {
        try await Classroom.with(Self.selfHosted) { room in
            let session = try await room.live(["max_participants": 1])
            let path = "/api/live-sessions/\(session)/jitsi-token"
            func ask(_ person: Someone) async throws -> TestResponse { try await room.post(path, as: person) }
            for person in [Someone.awa, .koffi] { expectRefusal(try await ask(person), 400, .notJoined) }
            for person in [Someone.teacher, .assistant, .admin] { _ = try data(await ask(person)) }
            try await room.join(session, .awa)
            #expect(try data(await ask(.awa))["jwt"]?.stringValue != nil)
            expectRefusal(try await ask(.koffi), 400, .sessionFull)
            try await room.leave(session, .awa)
            expectRefusal(try await ask(.awa), 400, .notJoined)
            try await room.join(session, .koffi)
            expectRefusal(try await ask(.awa), 400, .sessionFull)
            _ = try data(await ask(.koffi))
            _ = try data(await room.put("/api/courses/1/enrollments/21", as: .admin, ["is_active": false]))
            expectRefusal(try await ask(.koffi), 404, .sessionNotFound)
            try await room.leave(session, .koffi)
            try await room.join(session, .awa)
            try await room.end(session)
            expectRefusal(try await ask(.awa), 400, .sessionOver)
            _ = try data(await room.post("/api/live-sessions/\(session)/reopen", as: .teacher))
            expectRefusal(try await ask(.awa), 400, .notJoined)
        }
    }

    // Found from outside, no. 31
    @Test func `a seat on the channel is one, until its person has gone`() async throws {
        try await Classroom.with(Self.selfHosted) { room in
            let session = try await room.live()
            let path = "/api/live-sessions/\(session)"
            let client = try await room.enter(session, .awa).client
            _ = try data(await room.post("\(path)/jitsi-token", as: .awa))
            expectRefusal(try await room.post("\(path)/jitsi-token", as: .koffi), 400, .notJoined)
            try await client.close()
        }
    }

    @Test func `jitsi-token answers the three members and nothing else`() async throws {
        try await Classroom.with(Self.selfHosted) { room in
            let session = try await room.live()
            try await room.join(session, .awa)
            let answer = try data(await room.post("/api/live-sessions/\(session)/jitsi-token", as: .awa))
            #expect(answer.objectValue?.members.map(\.name) == ["jwt", "jitsi_join_url", "expires_at"])
        }
    }

    @Test func `the way in of start carries the host's token`() async throws {
        try await Classroom.with(Self.selfHosted) { room in
            let session = try await room.schedule(["is_recording_enabled": true])
            let answer = try data(await room.post("/api/live-sessions/\(session)/start", as: .teacher))
            let url = try #require(answer["jitsi_join_url"]?.stringValue)
            let match = try #require(url.firstMatch(of: /#jwt=%22([^&]+)%22&/))
            let stored = try await room.row(session)
            #expect(
                try Self.claims(String(match.1), room)
                    == Self.expected(.teacher, room: stored, now: room.nowSeconds, isModerator: true, records: true)
            )
        }
    }

    @Test func `an avatar is in the token when there is one`() async throws {
        try await Classroom.with(Self.selfHosted) { room in
            let avatar = "https://cdn.example/awa.png"
            _ = try data(await room.put("/api/users/20", as: .admin, ["avatar": .string(avatar)]))
            let session = try await room.live()
            let token = try #require(await room.join(session, .awa)["jwt"]?.stringValue)
            #expect(try Self.claims(token, room)["context"]?["user"]?["avatar"] == .string(avatar))
        }
    }

    @Test func `link-only gives no token and no end, only the address`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let roomName = try await room.row(session).roomName
            try await room.join(session, .awa)
            let answer = try data(await room.post("/api/live-sessions/\(session)/jitsi-token", as: .awa))
            #expect(answer.without("jitsi_join_url") == ["jwt": nil, "expires_at": nil])
            let url = try #require(answer["jitsi_join_url"]?.stringValue)
            #expect(url.hasPrefix("https://meet.jit.si/\(roomName)#config."))
            #expect(!url.contains("jwt"))
        }
    }

    @Test func `an old server takes the token in the query when it is told so`() async throws {
        try await Classroom.with({
            Self.selfHosted(&$0)
            $0.jitsi.tokenPlace = .query
        }) { room in
            let session = try await room.live()
            let answer = try await room.join(session, .awa)
            let (url, token) = (
                try #require(answer["jitsi_join_url"]?.stringValue), try #require(answer["jwt"]?.stringValue)
            )
            #expect(url.contains("?jwt=\(token)#config."))
        }
    }

    @Test func `neither secret opens the other's door`() async throws {
        try await Classroom.with(Self.selfHosted) { room in
            let session = try await room.live()
            let answer = try await room.join(session, .awa)
            let jitsi = try #require(answer["jwt"]?.stringValue)
            expectRefusal(
                try await room.client.send("GET", "/api/auth/me", token: jitsi), 401, .unauthenticated
            )
            #expect(throws: TokenError.badSignature) { try Self.claims(room.token(.awa), room) }
        }
    }
}
