import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

@Suite("People who were deleted")
struct DeletedPeopleTests {
    private static let path = "/api/users/901"
    private static let person: JSON = ["email": "mallory@school.example", "first_name": "Mallory", "role": "admin"]

    private func token(_ room: Classroom, issued seconds: Int64 = 0) throws -> String {
        try room.application.tokens.mint(
            userID: 901, email: "mallory@school.example", role: .admin, issuedAt: room.nowSeconds + seconds,
            expiresAt: room.nowSeconds + 3600)
    }

    private func status(_ room: Classroom, _ token: String) async throws -> Int {
        try await room.client.send("GET", "/api/users", token: token).status
    }

    // Found from outside, no. 18
    @Test func `a token that was revoked stays so when its person is deleted, and is made anew`() async throws {
        try await Classroom.with { room in
            _ = try data(await room.put(Self.path, as: .admin, Self.person), status: 201)
            room.clock.advance(seconds: 30)
            let (old, ahead) = (try token(room, issued: -5), try token(room, issued: 45))
            #expect(try await status(room, old) == 200)
            _ = try data(await room.post("\(Self.path)/revoke", as: .admin))
            room.clock.advance(seconds: 10)
            #expect(try await room.delete(Self.path, as: .admin).status == 200)
            for _ in 0..<3 {
                #expect(try await status(room, old) == 401)
                #expect(try await status(room, ahead) == 401)
                room.clock.advance(seconds: 40)
            }
            _ = try data(await room.put(Self.path, as: .admin, Self.person), status: 201)
            #expect(try await status(room, old) == 401)
            #expect(try await status(room, ahead) == 401)
            #expect(try await status(room, token(room)) == 200)
        }
    }

    // Found from outside, no. 18
    @Test func `a role that was taken does not come back by a deletion`() async throws {
        try await Classroom.with { room in
            _ = try data(await room.put(Self.path, as: .admin, Self.person), status: 201)
            room.clock.advance(seconds: 30)
            let old = try token(room)
            _ = try data(await room.put(Self.path, as: .admin, ["role": "student"]))
            room.clock.advance(seconds: 5)
            #expect(try await room.delete(Self.path, as: .admin).status == 200)
            #expect(try await status(room, old) == 401)
            let list = try data(await room.get("/api/users?search=mallory", as: .admin))
            #expect(list.arrayValue?.isEmpty == true, "nobody was made by it")
            room.clock.advance(seconds: 61)
            #expect(try await status(room, token(room)) == 200, "the platform may name them again")
        }
    }

    // Found from outside, no. 18
    @Test func `who waits as long as a refusal says gets in with a new token`() async throws {
        try await Classroom.with { room in
            let me = "/api/auth/me"
            room.clock.advance(milliseconds: 855)
            _ = try data(await room.post("/api/users/20/revoke", as: .admin))
            room.clock.advance(milliseconds: 90)
            let early = try await room.get(me, as: .awa)
            expectRefusal(early, 401, .tokenRevoked)
            let wait = try #require(early.header("Retry-After").flatMap { Int64($0) })
            room.clock.advance(seconds: wait)
            #expect(try await room.get(me, as: .awa).status == 200)
        }
    }
}
