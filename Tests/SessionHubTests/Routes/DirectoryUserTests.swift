import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// The Directory's people: PUT, GET and the list.
@Suite("Directory: people", .timeLimit(.minutes(5)))
struct DirectoryUserTests {
    private static let grace: JSON = [
        "id": 40, "email": "Grace@School.example", "first_name": "Grâce", "last_name": "Mbemba", "role": "instructor",
        "avatar": "https://cdn.example/40.png",
    ]

    @Test func `a person is made, read and changed field by field`() async throws {
        try await Classroom.with { room in
            expectData(try await room.put("/api/users/40", as: .admin, Self.grace), Self.grace, status: 201)
            expectData(try await room.get("/api/users/40", as: .admin), Self.grace)
            expectData(try await room.put("/api/users/40", as: .admin, Self.grace), Self.grace)
            var changed = try #require(Self.grace.objectValue)
            for (body, field, value) in [
                (["last_name": "Sassou"], "last_name", "Sassou"), (["role": "student"], "role", "student"),
                (["first_name": ""], "first_name", ""), (["avatar": nil], "avatar", .null),
                (["email": "g@school.example"], "email", "g@school.example"),
            ] as [(JSON, String, JSON)] {
                changed[field] = value
                expectData(try await room.put("/api/users/40", as: .admin, body), .object(changed))
            }
            expectData(try await room.put("/api/users/40", as: .admin, nil), .object(changed))
        }
    }

    @Test func `a person needs only an e-mail, the rest has defaults`() async throws {
        try await Classroom.with { room in
            expectData(
                try await room.put("/api/users/41", as: .admin, ["email": "h@school.example"]),
                [
                    "id": 41, "email": "h@school.example", "first_name": "", "last_name": "", "role": "student",
                    "avatar": nil,
                ], status: 201
            )
            for body: JSON in [[:], ["email": nil], ["email": "  "], ["first_name": "Ida"]] {
                expectRefusal(
                    try await room.put("/api/users/42", as: .admin, body), 400, .invalidField, field: "email"
                )
            }
        }
    }

    private static let refusals: [(String, [JSON])] = [
        (
            "email",
            [
                5, true, [], [:], "x", "a@", "@b", "a@b@c", "a b@c.example",
                .string(String(repeating: "a", count: 250) + "@b.cd"),
            ]
        ),
        ("first_name", [5, true, [], .string(String(repeating: "x", count: 256)), "a\u{0}"]),
        ("last_name", [5.5, [:]]), ("role", ["teacher", "service", "Admin", 1, [], true]), ("avatar", [5, true, []]),
        (
            "password",
            [5, true, [], "", "too short", .string(String(repeating: "x", count: 129)), "grace@school.example"]
        ),
    ]

    @Test func `every field refuses other types and values with its name`() async throws {
        try await Classroom.with { room in
            for (field, values) in Self.refusals {
                for value in values {
                    var body = try #require(Self.grace.objectValue)
                    body[field] = value
                    let response = try await room.put("/api/users/40", as: .admin, .object(body))
                    expectRefusal(response, 400, .invalidField, field: field)
                    body["id"] = nil
                    let made = try await room.post("/api/users", as: .admin, .object(body))
                    expectRefusal(made, 400, .invalidField, field: field)
                }
            }
            for email in ["", "  "] {
                let response = try await room.put("/api/users/20", as: .admin, ["email": .string(email)])
                expectRefusal(response, 400, .invalidField, field: "email")
            }
            expectRefusal(try await room.get("/api/users/40", as: .admin), 404, .userNotFound)
            #expect(try data(await room.get("/api/users?search=grace", as: .admin)) == [])
        }
    }

    @Test func `an e-mail belongs to one person, however it is spelled`() async throws {
        try await Classroom.with { room in
            let response = try await room.put("/api/users/40", as: .admin, ["email": "PERSON20@school.EXAMPLE"])
            expectRefusal(response, 409, .identityConflict, field: "email")
            _ = try data(await room.put("/api/users/20", as: .admin, ["email": "PERSON20@school.EXAMPLE"]))
        }
    }

    @Test func `nobody is found under an id that nobody has`() async throws {
        try await Classroom.with { room in
            for path in ["/api/users/999"] {
                expectRefusal(try await room.get(path, as: .admin), 404, .userNotFound)
            }
            for path in ["/api/users/0", "/api/users/x", "/api/users/-1"] {
                expectRefusal(try await room.get(path, as: .admin), 404, .notFound)
            }
        }
    }

    @Test func `the list is by name, in pages, by search and by role`() async throws {
        try await Classroom.with { room in
            let first = try await room.get("/api/users?limit=3", as: .admin)
            #expect(try data(first).ids == [21, 10, 12], "Adjovi, Diallo, Kaboré")
            #expect(first.json["pagination"] == ["page": 1, "limit": 3, "total": 8, "pages": 3])
            #expect(
                try data(first).arrayValue?.first == [
                    "id": 21, "email": "person21@school.example", "first_name": "Koffi", "last_name": "Adjovi",
                    "role": "student", "avatar": nil,
                ]
            )
            for (query, ids) in [
                ("search=koffi", [21]), ("search=KOFFI%20adj", [21]), ("search=person2", [21, 20, 23, 22]),
                ("search=%25", []), ("search=_", []), ("search=nobody", []), ("role=admin", [1]),
                ("role=instructor&search=diallo", [10]),
            ] as [(String, [Int64])] {
                let response = try await room.get("/api/users?\(query)", as: .admin)
                #expect(try data(response).ids == ids, "\(query)")
                #expect(response.json["pagination"]?["total"] == .integer(Int64(ids.count)), "\(query)")
            }
            expectRefusal(try await room.get("/api/users?limit=0", as: .admin), 400, .invalidField, field: "limit")
        }
    }

    @Test func `a search finds accented capitals, however they are typed`() async throws {
        try await Classroom.with { room in
            _ = try data(
                await room.put("/api/users/40", as: .admin, ["email": "e@school.example", "first_name": "Élodie"]),
                status: 201
            )
            for text in ["%C3%89lodie", "%C3%A9lodie", "%C3%89LODIE", "elodie", "ELOD", "e%CC%81lodie"] {
                let found = try data(await room.get("/api/users?search=\(text)", as: .admin)).ids
                #expect(found == [40], "\(text)")
            }
        }
    }

    @Test func `all words of a search must be found, in any order, in names and e-mails`() async throws {
        try await Classroom.with { room in
            for (text, ids) in [
                ("adjovi%20koffi", [21]), ("koffi%20person21", [21]), ("koffi%20person20", []), ("NGUYEN", [23]),
                ("aissatou%20%20diallo", [10]), ("kabor%C3%A9", [12]), ("%25", []), ("person2_", []), ("%5C", []),
            ] as [(String, [Int64])] {
                let response = try await room.get("/api/users?search=\(text)", as: .admin)
                #expect(try data(response).ids == ids, "\(text)")
                #expect(response.json["pagination"]?["total"] == .integer(Int64(ids.count)), "\(text)")
            }
            let members = try await room.get("/api/courses/1/enrollments?search=ndiaye", as: .admin)
            #expect(try data(members).arrayValue?.map { $0["user_id"] } == [20])
        }
    }

    @Test func `the people of a course are its members`() async throws {
        try await Classroom.with { room in
            #expect(try data(await room.get("/api/users?course=1", as: .admin)).ids == [21, 20])
            #expect(try data(await room.get("/api/users?course=1&search=awa", as: .admin)).ids == [20])
            #expect(try data(await room.get("/api/users?course=99", as: .admin)).ids == [])
            expectRefusal(try await room.get("/api/users?course=x", as: .admin), 400, .invalidField, field: "course")
            // Found from outside, no. 21: a service is nobody whom the Directory has, and no role of people.
            for role in ["boss", "service"] {
                let reply = try await room.get("/api/users?role=\(role)", as: .admin)
                expectRefusal(reply, 400, .invalidField, field: "role")
                #expect(!String(decoding: reply.body, as: UTF8.self).contains("instructor, admin, service"))
            }
        }
    }

    @Test func `people from before the search are found after the next start`() async throws {
        try await Classroom.with { room in
            try await room.execute("UPDATE users SET search_text = NULL", [])
            try await room.execute("UPDATE courses SET search_text = NULL", [])
            #expect(try data(await room.get("/api/users?search=awa", as: .admin)).ids == [])
            try await SearchText.fill(room.application.database)
            #expect(try data(await room.get("/api/users?search=awa", as: .admin)).ids == [20])
            #expect(try data(await room.get("/api/courses?search=reseaux", as: .admin)).ids == [1])
        }
    }

    @Test func `a person whom the platform has not named gets an id of the hub, and nobody gets it again`()
        async throws
    {
        try await Classroom.with { room in
            let made: JSON = [
                "id": 1_000_000_000, "email": "new@school.example", "first_name": "Zoé", "last_name": "",
                "role": "student", "avatar": nil,
            ]
            let body: JSON = ["email": "new@school.example", "first_name": "Zoé"]
            expectData(try await room.post("/api/users", as: .admin, body), made, status: 201)
            let again = try await room.post("/api/users", as: .admin, ["email": "NEW@school.example"])
            expectRefusal(again, 409, .conflict, field: "email")
            expectRefusal(
                try await room.post("/api/users", as: .admin, ["first_name": "Zoé"]), 400, .invalidField, field: "email"
            )
            expectData(try await room.delete("/api/users/1000000000", as: .admin), nil)
            _ = try data(
                await room.put("/api/users/1000000001", as: .admin, ["email": "b@school.example"]), status: 201
            )
            let next = try data(await room.post("/api/users", as: .admin, body), status: 201)
            #expect(next["id"] == 1_000_000_002)
        }
    }

    @Test func `whoever teaches or was in a class is not deleted, anybody else is, with their enrollments`()
        async throws
    {
        try await Classroom.with { room in
            let session = try await room.live()
            try await room.join(session, .awa)
            for person in [Someone.teacher, .otherTeacher, .awa] {
                expectRefusal(try await room.delete("/api/users/\(person.id)", as: .admin), 409, .conflict)
                #expect(try await room.get("/api/users/\(person.id)", as: .admin).status == 200)
            }
            expectData(try await room.delete("/api/users/21", as: .admin), nil)
            expectRefusal(try await room.get("/api/users/21", as: .admin), 404, .userNotFound)
            expectRefusal(try await room.delete("/api/users/21", as: .admin), 404, .userNotFound)
            #expect(
                try data(await room.get("/api/courses/1/enrollments", as: .admin)).arrayValue?.map { $0["user_id"] }
                    == [20, 22]
            )
        }
    }

    @Test func `whoever made an event of the calendar is kept`() async throws {
        try await Classroom.with { room in
            let assistant = "/api/users/\(Someone.assistant.id)"
            let body: JSON = ["title": "Examen", "start_date": "2026-03-20T09:00:00Z", "course_id": 1]
            let event = try data(await room.post("/api/calendar/events", as: .assistant, body), status: 201)
            _ = try data(await room.put("/api/courses/1", as: .admin, ["co_instructor_ids": []]))
            expectRefusal(try await room.delete(assistant, as: .admin), 409, .conflict)
            _ = try data(await room.put("/api/courses/1", as: .admin, ["co_instructor_ids": [11]]))
            expectRefusal(try await room.delete(assistant, as: .admin), 409, .conflict)
            _ = try data(await room.put("/api/courses/1", as: .admin, ["co_instructor_ids": []]))
            let deleted = try await room.delete("/api/calendar/events/\(event.event)", as: .teacher)
            expectData(deleted, nil)
            expectData(try await room.delete(assistant, as: .admin), nil)
        }
    }

    @Test func `a role in the Directory holds at once, whatever the token says`() async throws {
        try await Classroom.with { room in
            let token = try room.token(.admin)
            #expect(try await room.client.send("GET", "/api/users", token: token).status == 200)
            room.clock.advance(seconds: 1)
            _ = try data(await room.put("/api/users/12", as: .admin, ["role": "admin"]))
            _ = try data(await room.put("/api/users/1", as: .admin, ["role": "student"]))
            expectRefusal(try await room.client.send("GET", "/api/users", token: token), 403, .forbidden)
        }
    }
}
