import Database
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// A guest in the class, over real sockets.
@Suite("Guests: in the class", .timeLimit(.minutes(3)))
struct GuestChannelTests {
    @Test func `a guest takes part as a member does, and everybody sees a guest`() async throws {
        try await Classroom.with(JitsiRouteTests.selfHosted) { room in
            let session = try await room.live()
            let (awa, _) = try await room.enter(session, .awa)
            let guest = try await room.visitor(session)
            let (client, welcome) = try await room.enter(session, token: guest.token)
            let me: JSON = ["id": .integer(guest.id), "name": .string(Classroom.stranger), "role": "guest"]
            #expect(welcome["me"]?["role"] == "guest" && welcome["me"]?["user"] == me)
            let member = try await room.enter(session, .koffi).welcome
            #expect(welcome["me"]?["permissions"] == member["me"]?["permissions"])
            #expect(welcome["moderation"] == nil)
            _ = try await awa.next { $0["presence"]?["joined"]?.arrayValue?.contains(me) == true }

            _ = try await client.say("Bonjour à tous", clientID: "g1")
            #expect(try await awa.event("chat.message")["user"] == me)
            _ = try await client.ok("hand", ["up": true])
            let asked: JSON = ["client_id": "g2", "text": "Et la suite ?", "kind": "question"]
            let question = try await client.ok("chat.post", asked)
            #expect(try await awa.ok("question.vote", ["id": question["id"] ?? .null, "on": true])["votes"] == 1)
            #expect(try await client.refusal("chat.mode", ["mode": "locked"])["code"] == "forbidden")

            let path = "/api/live-sessions/\(session)"
            let token = try data(await room.send("POST", "\(path)/jitsi-token", token: guest.token))
            let claims = try JitsiRouteTests.claims(token["jwt"]?.stringValue ?? "", room)
            #expect(claims["context"]?["user"]?["name"] == .string(Classroom.stranger))
            #expect(claims["context"]?["user"]?["email"] == nil && claims["context"]?["user"]?["moderator"] == "false")
            let people = try data(await room.send("GET", "\(path)/participants", token: guest.token))
            let own = people.arrayValue?.first { $0["user_id"] == .integer(guest.id) }
            #expect(own?["role"] == "guest" && people.text.contains("@") == false)
            try await client.close()
        }
    }

    @Test func `a guest takes a place, and is in the attendance list as a guest`() async throws {
        try await Classroom.with { room in
            let session = try await room.live(["max_participants": 1])
            let guest = try await room.visitor(session)
            let path = "/api/live-sessions/\(session)"
            _ = try data(await room.send("POST", "\(path)/join", token: guest.token))
            expectRefusal(try await room.post("\(path)/join", as: .awa), 400, .sessionFull)
            // Nobody's enrollment ends here: the chore looks for those who have no right any more.
            let chore = ParticipantOperations.unseatingChore(clock: room.application.clock)
            try await room.application.journal.write(.sessions) { try chore.work($0) }
            #expect(try await room.row(session).seatedCount == 1)
            room.clock.advance(seconds: 90)
            let list = try data(await room.get("\(path)/attendance", as: .teacher))["participants"]?.arrayValue
            #expect(list?.count == 1 && list?.first?["role"] == "guest" && list?.first?["attendance_seconds"] == 90)
            #expect(list?.first?["email"] == "")
            let english = try await room.get("\(path)/attendance.csv?bom=false", as: .teacher)
            #expect(english.text.contains("\(Classroom.stranger),,guest,"))
            let french = try await room.get("\(path)/attendance.csv?lang=fr", as: .teacher)
            #expect(french.text.contains(";invité;"))
            let full = try await room.visitor(session, "Tom")
            expectRefusal(try await room.send("POST", "\(path)/join", token: full.token), 400, .sessionFull)
            let client = try await room.open(session)
            #expect(try await client.refusedHello(full.token)["code"] == "session_full")
        }
    }

    @Test(arguments: [1, 2])
    func `whoever is let go goes at once, on every loop, and nothing works any more`(loops: Int) async throws {
        try await Classroom.with({
            JitsiRouteTests.selfHosted(&$0)
            $0.loops = loops
        }) { room in
            let session = try await room.live()
            let guest = try await room.visitor(session)
            let path = "/api/live-sessions/\(session)"
            let joined = try data(await room.send("POST", "\(path)/join", token: guest.token))
            let channelToken = joined["channel_token"]?.stringValue
            let (teacher, _) = try await room.enter(session, .teacher)
            // Connections go to the loops in turn.
            let clients = [
                try await room.enter(session, token: guest.token).client,
                try await room.enter(session, token: channelToken).client,
                try await room.enter(session, token: guest.token).client,
            ]
            _ = try await teacher.next {
                $0["presence"]?["joined"]?.arrayValue?.contains { $0["id"] == .integer(guest.id) } == true
            }
            #expect(try await room.dismiss(guest, from: session).status == 204)
            for client in clients {
                let (bye, code) = try await client.farewell()
                #expect(code == 4502 && bye["reason"] == "permission_denied")
            }
            _ = try await teacher.next {
                $0["presence"]?["left"]?.arrayValue?.contains(.integer(guest.id)) == true
            }
            #expect(try await room.row(session).seatedCount == 0)
            for token in [guest.token, channelToken] {
                let again = try await room.open(session)
                #expect(try await again.refusedHello(token)["code"] == "forbidden")
                #expect(try await again.farewell().code == 4502)
            }
            for (method, rest) in [("GET", ""), ("POST", "/jitsi-token"), ("POST", "/join"), ("GET", "/chat")] {
                expectRefusal(try await room.send(method, path + rest, token: guest.token), 403, .forbidden)
            }
            expectRefusal(try await room.send("POST", "/api/auth/refresh", token: guest.token), 403, .forbidden)
            expectRefusal(try await room.exchange(guest.code), 401, .unauthenticated)
            #expect(try await room.dismiss(guest, from: session).status == 204, "a second time changes nothing")
            let acts = try data(await room.get("\(path)/moderation", as: .teacher)).arrayValue ?? []
            #expect(acts.compactMap { $0["value"]?.stringValue } == ["revoked", "invited"])
            #expect(acts.allSatisfy { $0["action"] == "guest" && $0["by"]?["id"] == .integer(Someone.teacher.id) })
        }
    }

    @Test func `hosts mute, remove and ban a guest as they do a member, and a banned one's link is refused`()
        async throws
    {
        try await Classroom.with { room in
            let session = try await room.live()
            let guest = try await room.visitor(session)
            let user = JSON.integer(guest.id)
            let (client, _) = try await room.enter(session, token: guest.token)
            _ = try data(await room.moderate(session, as: .teacher, ["action": "mute", "user_id": user]))
            #expect(try await client.refusal("chat.post", ["client_id": "a", "text": "psst"])["code"] == "muted")
            _ = try data(await room.moderate(session, as: .teacher, ["action": "remove", "user_id": user]))
            #expect(try await client.farewell().code == 4503)
            let (again, _) = try await room.enter(session, token: guest.token)
            _ = try data(await room.moderate(session, as: .teacher, ["action": "ban", "user_id": user]))
            #expect(try await again.farewell().code == 4504)
            expectRefusal(try await room.exchange(guest.code), 403, .banned)
            let path = "/api/live-sessions/\(session)/jitsi-token"
            expectRefusal(try await room.send("POST", path, token: guest.token), 403, .banned)
            _ = try data(await room.moderate(session, as: .teacher, ["action": "unban", "user_id": user]))
            #expect(try await room.exchange(guest.code).status == 200)
        }
    }

    @Test func `nothing that a guest had sent behind being let go is stored`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let guest = try await room.visitor(session)
            let caller = try room.application.tokens.caller(from: guest.token, nowSeconds: room.nowSeconds)
            #expect(try await room.dismiss(guest, from: session).status == 204)
            await #expect(throws: HubError(.sessionNotFound)) {
                try await room.application.journal.write(.session(session)) { transaction in
                    let access = try SessionAccess.load(session: session, for: caller, in: transaction.connection)
                    _ = try access.requireMember()
                }
            }
        }
    }
}
