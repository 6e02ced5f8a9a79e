import StrictJSON
import TestSupport
import Testing
import Tokens

@testable import SessionHub

/// The 26 defects of the seed's own backend, each a regression test over a real socket: 1 to 4, security.
@Suite("Seed defects", .timeLimit(.minutes(5)))
struct SeedDefectTests {
    @Test func `seed defect 1: a role in the body of jitsi-token makes nobody a moderator`() async throws {
        try await Classroom.with(JitsiRouteTests.selfHosted) { room in
            let session = try await room.live()
            for body: JSON in [
                ["role": "moderator"], ["role": "instructor", "moderator": true], ["role": ["moderator"]],
                ["context": ["user": ["affiliation": "owner"]]],
            ] {
                for action in ["join", "jitsi-token"] {
                    let response = try await room.post("/api/live-sessions/\(session)/\(action)", as: .awa, body)
                    let token = try #require(try data(response)["jwt"]?.stringValue)
                    let user = try JitsiRouteTests.claims(token, room)["context"]?["user"]
                    #expect([user?["affiliation"], user?["moderator"]] == ["member", "false"])
                }
            }
        }
    }

    @Test func `seed defect 2: list, detail and participants are for members, without password and e-mails`()
        async throws
    {
        try await Classroom.with { room in
            let session = try await room.live()
            try await room.join(session, .teacher)
            let password = try await room.row(session).roomPassword
            for path in [
                "/api/courses/1/live-sessions", "/api/live-sessions/\(session)",
                "/api/live-sessions/\(session)/participants",
            ] {
                for person in [Someone.outsider, .former, .otherTeacher] {
                    #expect(try await room.get(path, as: person).status == 404, "\(path) as \(person)")
                }
                let response = try await room.get(path, as: .awa)
                #expect(response.status == 200)
                #expect(!response.text.contains("password") && !response.text.contains(password), "\(path)")
                #expect(!response.text.contains("email") && !response.text.contains(Someone.teacher.email), "\(path)")
            }
        }
    }

    @Test func `seed defect 3: without JITSI_APP_SECRET there is no Jitsi token, and never one that opens the API`()
        async throws
    {
        try await Classroom.with({ $0.jitsi.serverURL = "https://meet.school.example" }) { room in
            let session = try await room.live()
            for action in ["join", "jitsi-token"] {
                let response = try await room.post("/api/live-sessions/\(session)/\(action)", as: .awa)
                #expect(try data(response)["jwt"] == .null)
                #expect(!response.text.contains("jwt="))
            }
        }
        try await Classroom.with(JitsiRouteTests.selfHosted) { room in
            let jwt = try #require(await room.join(room.live(), .teacher)["jwt"]?.stringValue)
            expectRefusal(try await room.client.send("GET", "/api/auth/me", token: jwt), 401, .unauthenticated)
            // The same claims under the API's own secret, as the seed signed them, open nothing either.
            var claims = try #require(try JitsiRouteTests.claims(jwt, room).objectValue)
            for (name, value) in [("userId", 10), ("email", .string(Someone.teacher.email)), ("role", "instructor")]
                as [(String, JSON)]
            {
                claims[name] = value
            }
            claims["aud"] = nil
            let forged = try JWTSigner.hs256(secret: Array(TestHub.secret.utf8)).sign(claims)
            expectRefusal(try await room.client.send("GET", "/api/auth/me", token: forged), 401, .unauthenticated)
        }
        await #expect(throws: ConfigurationError.self) {
            try await Classroom.with({
                JitsiRouteTests.selfHosted(&$0)
                $0.jitsi.appSecret = TestHub.secret
            }) { _ in }
        }
    }

    @Test func `seed defect 4: no token or password stands in a query string, and no room can be guessed`() async throws
    {
        try await Classroom.with(JitsiRouteTests.selfHosted) { room in
            var hashes: Set<Substring> = []
            for _ in 0..<3 {
                let session = try await room.live()
                let password = try await room.row(session).roomPassword
                let answer = try await room.join(session, .awa)
                let url = try #require(answer["jitsi_join_url"]?.stringValue)
                let parts = url.split(separator: "#", maxSplits: 1)
                #expect(!parts[0].contains("?"), "a fragment reaches no server's log")
                #expect(!url.contains(password))
                let channel = try #require(answer["channel_url"]?.stringValue)
                #expect(!channel.contains("?") && !channel.contains("token"))
                let name = try #require(answer["jitsi_room_name"]?.stringValue)
                let match = try #require(name.wholeMatch(of: /mdsc-course-1-session-\d+-([0-9a-f]{32})/))
                hashes.insert(Substring(match.1))
            }
            #expect(hashes.count == 3, "128 bits, other ones each time")
        }
    }
}
