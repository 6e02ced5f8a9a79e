import HTTPTypes
import StrictJSON
import TestSupport
import Testing

@testable import Database
@testable import SessionHub

@Suite("Callers, and codes that sign in")
struct CallerTests {
    @Test func `who am I creates the person and answers with the Directory's row`() async throws {
        try await Classroom.quiet(isEmpty: true) { hub in
            let answer = try await hub.send(
                .get, "/api/auth/me", token: hub.token(7, .student, firstName: "Awa", lastName: "Ndiaye")
            )
            #expect(answer.status == 200)
            #expect(
                answer.data == [
                    "id": 7, "email": "user7@school.example", "first_name": "Awa", "last_name": "Ndiaye",
                    "role": "student",
                ]
            )
            #expect(hub.published.signals == [.accessChanged(user: 7)])
            _ = try await hub.send(.get, "/api/auth/me", token: hub.token(7, .student))
            #expect(hub.published.signals.count == 1)
        }
    }

    @Test func `a service is told that it is one`() async throws {
        try await Classroom.quiet(isEmpty: true) { hub in
            let answer = try await hub.send(.get, "/api/auth/me", token: hub.serviceToken())
            #expect(answer.data == ["id": nil, "role": "service"])
        }
    }

    @Test func `without a token, or with a channel token, REST is closed`() async throws {
        try await Classroom.quiet(isEmpty: true) { hub in
            let none = try await hub.send(.get, "/api/auth/me")
            #expect(none.status == 401 && none.code == "unauthenticated")
            let channel = try ChannelTokens(tokens: hub.application.tokens, clock: hub.application.clock).mint(
                userID: 7, email: "a@b", role: .student, session: 1, expiresAt: Classroom.ten + 60_000
            )
            let refused = try await hub.send(.get, "/api/auth/me", token: channel)
            #expect(refused.status == 403 && refused.code == "forbidden")
        }
    }

    @Test(arguments: ["Bearer  abc ", "bearer abc", "BEARER abc"])
    func `the scheme's name knows no case`(header: String) {
        #expect(Authenticator.bearerToken([.authorization: header]) == "abc")
    }

    @Test(arguments: ["", "Bearer", "Bearer ", "Basic abc", "abc"])
    func `other schemes carry no token`(header: String) {
        #expect(Authenticator.bearerToken([.authorization: header]) == nil)
    }

    @Test func `a sign-in code works once and its token signs in`() async throws {
        try await Classroom.quiet(isEmpty: true) { hub in
            let code = try await invite(hub, expiresAt: Classroom.ten + 1000)
            let answer = try await hub.send(.post, "/api/auth/sign-in-link", body: #"{"code":"\#(code)"}"#)
            #expect(answer.status == 200)
            #expect(answer.data["expires_at"] == "2026-03-15T14:00:00Z")
            #expect(answer.data["user"]?["id"] == 7)
            let me = try await hub.send(.get, "/api/auth/me", token: answer.data["token"]?.stringValue)
            #expect(me.data["email"] == "awa@school.example")
            let again = try await hub.send(.post, "/api/auth/sign-in-link", body: #"{"code":"\#(code)"}"#)
            #expect(again.status == 401 && again.code == "unauthenticated")
        }
    }

    @Test func `an expired code, an unknown one and a wrong type are refused`() async throws {
        try await Classroom.quiet(isEmpty: true) { hub in
            let expired = try await invite(hub, expiresAt: Classroom.ten)
            for (body, status) in [
                (#"{"code":"\#(expired)"}"#, 401), (#"{"code":"nonsense"}"#, 401), (#"{"code":7}"#, 400), ("{}", 400),
                ("{", 400),
            ] {
                let answer = try await hub.send(.post, "/api/auth/sign-in-link", body: body)
                #expect(answer.status == status, "\(body)")
            }
        }
    }

    @Test func `the store keeps no code`() async throws {
        try await Classroom.quiet(isEmpty: true) { hub in
            let code = try await invite(hub, expiresAt: Classroom.ten + 1000)
            let rows = try await hub.application.database.read { try $0.query("SELECT code_hash FROM sign_in_codes") }
            #expect(rows.count == 1 && rows[0].text("code_hash") != code && rows[0].text("code_hash").count == 64)
        }
    }

    func invite(_ hub: Classroom, expiresAt: Timestamp) async throws -> String {
        try await hub.application.journal.write { transaction in
            var change = UserChange()
            change.email = "awa@school.example"
            _ = try UserStore.put(7, change, in: transaction)
            return try SignInCodes.create(
                user: 7, now: transaction.now, expiresAt: expiresAt, in: transaction.connection
            )
        }
    }
}
