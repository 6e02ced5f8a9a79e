import Database
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// What hosts do with guests, and what a link is worth.
@Suite("Guests: invitations and links", .timeLimit(.minutes(3)))
struct GuestRouteTests {
    private static func path(_ session: Int64, _ rest: String = "") -> String {
        "/api/live-sessions/\(session)/guests\(rest)"
    }

    @Test func `a host invites somebody, sees them in a list without links, and the link opens the class`() async throws
    {
        try await Classroom.with { room in
            let session = try await room.live()
            let row = try data(await room.invite(session, "  Zoe\u{0301} Ba\u{200B} "), status: 201)
            let id = try #require(row["id"]?.integerValue)
            #expect(id >= MadeID.first)
            let expected: JSON = [
                "id": .integer(id), "user_id": .integer(id), "name": nil,
                "created_at": .string(room.clock.now.text), "created_by": Someone.teacher.json,
                // Six hours after the end of a class of two.
                "expires_at": "2026-03-15T17:00:00Z", "revoked_at": nil, "erased_at": nil, "joined_at": nil,
            ]
            #expect(row.without("link", "name") == expected.without("name"))
            #expect(row["name"]?.stringValue.map { Array($0.utf8) } == Array("Zo\u{E9} Ba".utf8), "one form of text")
            let link = try #require(row["link"]?.stringValue)
            #expect(link.hasSuffix("&next=/class/\(session)") && link.contains("/sign-in#code=\(id).1."))

            let answer = try data(await room.exchange(.string(Visitor.code(of: link))))
            #expect(answer["purpose"] == "guest" && answer["session_id"] == .integer(session))
            #expect(answer["expires_at"] == "2026-03-15T13:00:00Z" && answer["refresh_until"] == "2026-03-15T17:00:00Z")
            #expect(answer["user"]?["role"] == "guest" && answer["user"]?["email"] == "")
            let token = try #require(answer["token"]?.stringValue)
            let joined = try data(
                await room.send("POST", "/api/live-sessions/\(session)/join", token: token))
            #expect(joined["role"] == "guest")
            let list = try data(await room.get(Self.path(session), as: .assistant))
            #expect(list.arrayValue?.first?["joined_at"]?.stringValue == room.clock.now.text)
            #expect(list.arrayValue?.count == 1 && list.arrayValue?.first?["link"] == nil)
            #expect(try await room.row(session).seatedCount == 1, "a guest takes a place")
        }
    }

    @Test func `a link works again and again, also for the same token twice, until it is made anew`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let guest = try await room.visitor(session)
            _ = try data(await room.exchange(guest.code))
            let shown = try data(await room.post(Self.path(session, "/\(guest.id)/link"), as: .teacher))
            #expect(shown["link"] == .string(guest.link))
            room.clock.advance(seconds: 1)
            let renewed = try data(
                await room.post(
                    Self.path(session, "/\(guest.id)/link"), as: .teacher,
                    ["renew": true, "expires_at": "2026-03-15T12:00:00Z"]))
            #expect(renewed["expires_at"] == "2026-03-15T12:00:00Z")
            expectRefusal(try await room.exchange(guest.code), 401, .unauthenticated)
            expectRefusal(try await room.send("GET", "/api/auth/me", token: guest.token), 401, .tokenRevoked)
            let code = Visitor.code(of: renewed["link"]?.stringValue ?? "")
            let answer = try data(await room.exchange(.string(code)))
            #expect(answer["expires_at"] == "2026-03-15T12:00:00Z", "a token lasts no longer than its guest")
            let refreshed = try await room.send("POST", "/api/auth/refresh", token: answer["token"]?.stringValue)
            #expect(try data(refreshed)["refresh_until"] == "2026-03-15T12:00:00Z")
        }
    }

    @Test func `a link that was changed, or is of another hub, opens nothing`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let (one, two) = (try await room.visitor(session), try await room.visitor(session, "Tom"))
            let seal = one.code.stringValue?.split(separator: ".").last ?? ""
            let foreign = GuestLinks(tokens: try TokenService(secret: String(repeating: "another secret ", count: 4)))
            for code in [
                "\(two.id).1.\(seal)", "\(one.id).2.\(seal)", "+\(one.id).1.\(seal)", "0\(one.id).1.x", "\(one.id).1.",
                "\(one.id)..\(seal)", "..", "\(Someone.awa.id).1.\(seal)",
            ] {
                expectRefusal(try await room.exchange(.string(code)), 401, .unauthenticated)
            }
            #expect(try foreign.link(of: one.code.stringValue ?? "") == nil)
            #expect(try await room.exchange(one.code).status == 200)
        }
    }

    @Test func `a link ends with its time, and a stay with it`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let end = room.clock.now + 10 * Classroom.minute
            let guest = try await room.visitor(session, "Tom", ["expires_at": .string(end.text)])
            let (client, _) = try await room.enter(session, token: guest.token)
            let joined = try data(
                await room.send("POST", "/api/live-sessions/\(session)/join", token: guest.token))
            room.clock.advance(to: end)
            expectRefusal(try await room.exchange(guest.code), 401, .unauthenticated)
            expectRefusal(try await room.send("GET", "/api/auth/me", token: guest.token), 401, .tokenExpired)
            let late = try await room.open(session)
            #expect(try await late.refusedHello(joined["channel_token"]?.stringValue)["code"] == "token_expired")
            let refused = try await room.post(Self.path(session, "/\(guest.id)/link"), as: .teacher)
            expectRefusal(refused, 409, .conflict)
            let renewed = try data(
                await room.post(Self.path(session, "/\(guest.id)/link"), as: .teacher, ["renew": true]))
            #expect(
                try await room.exchange(.string(Visitor.code(of: renewed["link"]?.stringValue ?? ""))).status == 200)
            try await client.close()
        }
    }

    @Test func `wrong types and wrong times are named`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let bodies: [(JSON, String)] = [
                ([:], "name"), (["name": 7], "name"), (["name": " \u{200B} "], "name"),
                (["name": "a\u{0007}b"], "name"),
                (["name": .string(String(repeating: "a", count: 101))], "name"), (["name": nil], "name"),
                (["name": "Tom", "expires_at": 5], "expires_at"),
                (["name": "Tom", "expires_at": "soon"], "expires_at"),
                (["name": "Tom", "expires_at": .string(room.clock.now.text)], "expires_at"),
                (["name": "Tom", "expires_at": "2026-04-14T11:00:01Z"], "expires_at"),
            ]
            for (body, field) in bodies {
                room.clock.advance(seconds: 1)
                let answer = try await room.post(Self.path(session), as: .teacher, body)
                expectRefusal(answer, 400, .invalidField, field: field)
            }
            let guest = try await room.visitor(session)
            let link = Self.path(session, "/\(guest.id)/link")
            expectRefusal(
                try await room.post(link, as: .teacher, ["renew": "yes"]), 400, .invalidField, field: "renew")
            expectRefusal(
                try await room.post(link, as: .teacher, ["renew": true, "expires_at": true]), 400, .invalidField,
                field: "expires_at")
            expectRefusal(
                try await room.delete(Self.path(session, "/\(guest.id)?erase=maybe"), as: .teacher), 400, .invalidField,
                field: "erase")
            room.clock.advance(seconds: 1)
            for rest in ["/\(guest.id + 1)", "/\(Someone.awa.id)"] {
                expectRefusal(try await room.delete(Self.path(session, rest), as: .teacher), 404, .userNotFound)
                expectRefusal(try await room.post(Self.path(session, "\(rest)/link"), as: .teacher), 404, .userNotFound)
            }
            let other = try await room.live()
            expectRefusal(try await room.delete(Self.path(other, "/\(guest.id)"), as: .teacher), 404, .userNotFound)
        }
    }

    @Test func `guests are invited before and during a class, and while it can be reopened`() async throws {
        try await Classroom.with { room in
            let scheduled = try await room.schedule(inMinutes: 90)
            #expect(try await room.invite(scheduled).status == 201)
            expectRefusal(try await room.invite(room.cancelled()), 400, .sessionCancelled)
            let ended = try await room.ended()
            #expect(try await room.invite(ended).status == 201)
            room.clock.advance(seconds: 15 * 60 + 1)
            expectRefusal(try await room.invite(ended), 400, .sessionOver)
            // Two hours long, and an hour to start it late.
            room.clock.advance(to: Classroom.morning + (90 + 180) * Classroom.minute + 1)
            expectRefusal(try await room.invite(scheduled), 400, .sessionOver)
        }
    }

    @Test func `a hundred guests can come in at the same time, and one more when one was let go`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let first = try await room.visitor(session)
            for index in 1..<100 {
                room.clock.advance(seconds: 1)
                #expect(try await room.invite(session, .string("Guest \(index)")).status == 201)
            }
            room.clock.advance(seconds: 1)
            expectRefusal(try await room.invite(session), 409, .tooManyGuests)
            #expect(try await room.dismiss(first, from: session).status == 204)
            #expect(try await room.invite(session).status == 201)
            #expect(try data(await room.get(Self.path(session), as: .teacher)).arrayValue?.count == 101)
        }
    }

    @Test func `a class that nobody attended takes its guests along, and their ids are nobody else's`() async throws {
        try await Classroom.with { room in
            let session = try await room.schedule()
            let guest = try await room.visitor(session)
            _ = try data(await room.delete("/api/live-sessions/\(session)", as: .teacher))
            expectRefusal(try await room.exchange(guest.code), 401, .unauthenticated)
            expectRefusal(try await room.send("GET", "/api/auth/me", token: guest.token), 401, .unauthenticated)
            let names = try await room.application.database.read { connection in
                try connection.query("SELECT id FROM users WHERE role = 'guest'", []).count
            }
            #expect(names == 0)
            let taken = try await room.put("/api/users/\(guest.id)", as: .admin, ["email": "x@school.example"])
            expectRefusal(taken, 409, .identityConflict, field: "id")
        }
    }
}
