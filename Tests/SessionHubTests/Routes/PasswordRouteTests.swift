import Database
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// PUT /api/auth/password, and passwords that an administrator gives.
@Suite("Choosing a password", .timeLimit(.minutes(5)))
struct PasswordRouteTests {
    private static let (old, new): (JSON, JSON) = ("the first password", "the second password")

    private static func change(
        _ token: String?, current: JSON? = nil, to password: JSON?, _ room: Classroom
    ) async throws -> TestResponse {
        var body = JSONObject([])
        body["current_password"] = current
        body["password"] = password
        return try await room.client.send("PUT", "/api/auth/password", token: token, json: .object(body))
    }

    private static func link(_ purpose: String, _ room: Classroom) async throws -> String? {
        let link = try data(
            await room.post("/api/users/20/sign-in-link", as: .admin, ["purpose": .string(purpose)]), status: 201)
        let code = link["code"] ?? .null
        let answer = try data(await room.client.send("POST", "/api/auth/sign-in-link", json: ["code": code]))
        #expect(answer["purpose"] == .string(purpose))
        return answer["token"]?.stringValue
    }

    private static func works(_ token: String?, _ room: Classroom) async throws -> Bool {
        try await room.client.send("GET", "/api/auth/me", token: token).status == 200
    }

    @Test func `the current password and a new one end everything that got in before`() async throws {
        try await Classroom.with { room in
            try await room.setPassword(.awa, Self.old)
            room.clock.advance(milliseconds: 250)
            let first = try data(await room.login(.awa, Self.old))["token"]?.stringValue
            let second = try data(await room.login(.awa, Self.old))["token"]?.stringValue
            let link = try data(await room.post("/api/users/20/sign-in-link", as: .admin), status: 201)["code"]
            room.clock.advance(milliseconds: 250)
            let changed = try data(await Self.change(first, current: Self.old, to: Self.new, room))
            for token in [first, second] {
                expectRefusal(try await room.client.send("GET", "/api/auth/me", token: token), 401, .tokenRevoked)
            }
            #expect(try await Self.works(changed["token"]?.stringValue, room))
            #expect(changed["user"]?["id"] == 20)
            let spent = try await room.client.send("POST", "/api/auth/sign-in-link", json: ["code": link ?? .null])
            expectRefusal(spent, 401, .unauthenticated)
            expectRefusal(try await room.login(.awa, Self.old), 401, .unauthenticated)
            #expect(try await room.login(.awa, Self.new).status == 200)
        }
    }

    @Test func `a wrong current password is refused, and often is delayed`() async throws {
        try await Classroom.with { room in
            try await room.setPassword(.awa, Self.old)
            let token = try room.token(.awa)
            let absent = try await Self.change(token, to: Self.new, room)
            expectRefusal(absent, 400, .invalidField, field: "current_password")
            for _ in 0..<5 {
                let wrong = try await Self.change(token, current: "not this one", to: Self.new, room)
                expectRefusal(wrong, 403, .forbidden, field: "current_password")
            }
            let late = try await Self.change(token, current: Self.old, to: Self.new, room)
            expectRefusal(late, 429, .rateLimited)
            expectRefusal(try await room.login(.awa, Self.old), 429, .rateLimited)
            room.clock.advance(seconds: 1)
            #expect(try await room.login(.awa, Self.old).status == 200)
        }
    }

    @Test func `a password has its length, is text, and is not the e-mail address`() async throws {
        try await Classroom.with { room in
            try await room.setPassword(.awa, Self.old)
            let refused: [JSON?] = [
                nil, .null, 5, true, [], [:], "", "123456789", .string(String(repeating: "x", count: 129)),
                " Person20@school.EXAMPLE",
            ]
            for password in refused {
                let answer = try await Self.change(try room.token(.awa), current: Self.old, to: password, room)
                expectRefusal(answer, 400, .invalidField, field: "password")
                if password == .null || password == nil { continue }
                let given = try await room.put("/api/users/20", as: .admin, ["password": password ?? .null])
                expectRefusal(given, 400, .invalidField, field: "password")
            }
            let numeric = try await Self.change(try room.token(.awa), current: 5, to: Self.new, room)
            expectRefusal(numeric, 400, .invalidField, field: "current_password")
            for password in ["1234567890", String(repeating: "é", count: 128), "          "] {
                try await room.setPassword(.awa, .string(password))
                #expect(try await room.login(.awa, .string(password)).status == 200)
            }
        }
    }

    // Found from outside, no. 50
    @Test func `who came in by an administrator's link chooses a first password, within an hour`() async throws {
        try await Classroom.with { room in
            let late = try await Self.link("sign_in", room)
            room.clock.advance(seconds: 3601)
            expectRefusal(try await Self.change(late, to: Self.new, room), 403, .forbidden)
            let token = try await Self.link("sign_in", room)
            room.clock.advance(seconds: 3600)
            let changed = try data(await Self.change(token, to: Self.new, room))
            #expect(try await room.login(.awa, Self.new).status == 200)
            // Only the first: from now on the current one is needed, by such a link as well.
            let again = try await Self.change(changed["token"]?.stringValue, to: Self.old, room)
            expectRefusal(again, 400, .invalidField, field: "current_password")
            room.clock.advance(seconds: 1)
            let another = try await Self.change(try await Self.link("sign_in", room), to: Self.old, room)
            expectRefusal(another, 400, .invalidField, field: "current_password")
        }
    }

    // Found from outside, no. 50
    @Test func `a teacher's link gives no password: the account would be the teacher's for good`() async throws {
        try await Classroom.with { room in
            for path in ["/api/users/20/sign-in-link", "/api/courses/1/sign-in-links"] {
                let link = try data(await room.post(path, as: .teacher), status: 201)
                let url = (link["url"] ?? link.arrayValue?.first?["url"])?.stringValue ?? ""
                let code = JSON.string(String(url.split(separator: "=").last ?? ""))
                let answer = try data(await room.client.send("POST", "/api/auth/sign-in-link", json: ["code": code]))
                // Koffi stands before Awa in the list.
                #expect(answer["user"]?["id"] == (path.hasSuffix("links") ? 21 : 20))
                let refused = try await Self.change(answer["token"]?.stringValue, to: Self.new, room)
                expectRefusal(refused, 403, .forbidden)
            }
        }
    }

    @Test func `without a password only a link for one lets somebody choose one, for a quarter of an hour`()
        async throws
    {
        try await Classroom.with { room in
            expectRefusal(try await Self.change(try room.token(.awa), to: Self.new, room), 403, .forbidden)
            let late = try await Self.link("reset_password", room)
            room.clock.advance(seconds: 15 * 60 + 1)
            expectRefusal(try await Self.change(late, to: Self.new, room), 403, .forbidden)
            let token = try await Self.link("reset_password", room)
            room.clock.advance(seconds: 15 * 60)
            let changed = try data(await Self.change(token, to: Self.new, room))
            #expect(try await room.login(.awa, Self.new).status == 200)
            let again = try await Self.change(changed["token"]?.stringValue, to: Self.old, room)
            expectRefusal(again, 400, .invalidField, field: "current_password")
        }
    }

    @Test func `of two changes at once one wins`() async throws {
        try await Classroom.with { room in
            try await room.setPassword(.awa, Self.old)
            room.clock.advance(milliseconds: 1)
            let token = try data(await room.login(.awa, Self.old))["token"]?.stringValue
            room.clock.advance(milliseconds: 1)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<3 {
                    group.addTask {
                        let password = JSON.string("password number \(index)")
                        return try await Self.change(token, current: Self.old, to: password, room).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.filter { $0 == 200 }.count == 1, "\(statuses)")
            #expect(statuses.allSatisfy { [200, 401, 409].contains($0) }, "\(statuses)")
        }
    }

    @Test func `an administrator gives a password and takes it away; either ends the person's tokens`() async throws {
        try await Classroom.with { room in
            let before = try room.token(.awa)
            room.clock.advance(milliseconds: 1)
            let row = try data(await room.put("/api/users/20", as: .admin, ["password": Self.old]))
            #expect(row["password"] == nil && row["password_hash"] == nil)
            expectRefusal(try await room.client.send("GET", "/api/auth/me", token: before), 401, .tokenRevoked)
            let token = try data(await room.login(.awa, Self.old))["token"]?.stringValue
            room.clock.advance(milliseconds: 1)
            _ = try data(await room.put("/api/users/20", as: .admin, ["first_name": "Awa Marie"]))
            #expect(try await Self.works(token, room), "nothing was said of a password")
            try await room.setPassword(.awa, .null)
            #expect(try await !Self.works(token, room))
            expectRefusal(try await room.login(.awa, Self.old), 401, .unauthenticated)
        }
    }

    @Test func `another password closes the open channels of before, and the new token opens them again`() async throws
    {
        try await Classroom.with { room in
            try await room.setPassword(.awa, Self.old)
            let session = try await room.live()
            let token = try data(await room.login(.awa, Self.old))["token"]?.stringValue
            let before = try await room.enter(session, token: token).client
            room.clock.advance(milliseconds: 1)
            let changed = try data(await Self.change(token, current: Self.old, to: Self.new, room))
            #expect(try await before.closeCode() == CloseCode.badToken.rawValue)
            let after = try await room.enter(session, token: changed["token"]?.stringValue).client
            try await after.close()
        }
    }

    @Test func `a new person may come with a password`() async throws {
        try await Classroom.with { room in
            let body: JSON = ["email": "new@school.example", "password": Self.old]
            _ = try data(await room.put("/api/users/99", as: .admin, body), status: 201)
            #expect(try await room.login("new@school.example", Self.old).status == 200)
            let other: JSON = ["email": "other@school.example", "password": Self.old]
            let row = try data(await room.post("/api/users", as: .admin, other), status: 201)
            #expect(row["password"] == nil && row["password_hash"] == nil)
            #expect(try await room.login("other@school.example", Self.old).status == 200)
        }
    }
}
