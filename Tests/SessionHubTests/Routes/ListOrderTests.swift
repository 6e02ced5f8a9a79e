import Database
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// Lists that people read are in the order of an alphabet: accents and capitals change nothing.
@Suite("The order of lists", .timeLimit(.minutes(5)))
struct ListOrderTests {
    /// In the order in which they must stand.
    private static let names: [(first: String, last: String)] = [
        ("Aïcha", ""), ("Zoé", "Ba"), ("Awa", "ba ndiaye"), ("Œdipe", "Coty"), ("Zoe", "Da"), ("Awa", "Da Costa"),
        ("Anna", "Élan"), ("anna", "elan"), ("Éric", "Elan"), ("Ø", "Østby"), ("P", "oz"), ("łukasz", "Zed"),
        ("A", "Žižek"),
    ]

    private static func fill(_ room: Classroom) async throws {
        for person in Someone.allCases where person != .admin && person != .teacher {
            _ = try await room.put("/api/courses/1/enrollments/\(person.id)", as: .admin, ["is_active": false])
        }
        try await room.execute("DELETE FROM enrollments", [])
        // Not in their order, and with ids that are in none.
        for index in names.indices.sorted(by: { ($0 * 5 % 13, $0) < ($1 * 5 % 13, $1) }) {
            let (id, name) = (Int64(100 + index * 7 % 13), names[index])
            _ = try data(
                await room.put(
                    "/api/users/\(id)", as: .admin,
                    [
                        "email": .string("n\(id)@order.example"), "first_name": .string(name.first),
                        "last_name": .string(name.last),
                    ]), status: 201)
            _ = try data(await room.put("/api/courses/1/enrollments/\(id)", as: .admin, [:]), status: 201)
        }
    }

    private static func expectOrder(_ found: [(JSON?, JSON?)], sourceLocation: SourceLocation = #_sourceLocation) {
        let folded = found.map { "\($0.1?.stringValue ?? "")|\($0.0?.stringValue ?? "")" }
        // Anna Élan and anna elan are the same name: the smaller id stands first.
        let expected = names.map { "\($0.last)|\($0.first)" }
        let tie = Set(["Élan|Anna", "elan|anna"])
        #expect(
            folded.filter { !tie.contains($0) } == expected.filter { !tie.contains($0) }, sourceLocation: sourceLocation
        )
        #expect(folded.firstIndex { tie.contains($0) } == expected.firstIndex { tie.contains($0) })
    }

    // Found from outside, no. 39
    @Test func `people stand by name in every list, and pages neither repeat nor lose anybody`() async throws {
        try await Classroom.with { room in
            try await Self.fill(room)
            let users =
                try data(await room.get("/api/users?search=order.example&limit=100", as: .admin)).arrayValue ?? []
            Self.expectOrder(users.map { ($0["first_name"], $0["last_name"]) })
            var paged: [Int64] = []
            for page in 1...5 {
                paged += try data(await room.get("/api/users?search=order.example&limit=3&page=\(page)", as: .admin))
                    .ids
            }
            #expect(paged == users.compactMap { $0["id"]?.integerValue })
            let members = try data(await room.get("/api/courses/1/enrollments?limit=100", as: .admin)).arrayValue ?? []
            Self.expectOrder(members.map { ($0["user"]?["first_name"], $0["user"]?["last_name"]) })
            let links = try data(await room.post("/api/courses/1/sign-in-links", as: .teacher), status: 201).arrayValue
            Self.expectOrder((links ?? []).map { ($0["user"]?["first_name"], $0["user"]?["last_name"]) })
        }
    }

    // Found from outside, no. 39
    @Test func `the attendance list stands by name, as JSON and as CSV`() async throws {
        try await Classroom.with { room in
            try await Self.fill(room)
            let session = try await room.live()
            try await room.execute(
                """
                INSERT INTO live_session_participants (session_id, user_id, role, first_joined_at)
                SELECT $1, id, 'participant', $2 FROM users WHERE id BETWEEN 100 AND 112
                """, [.integer(session), .timestamp(room.clock.now)])
            let path = "/api/live-sessions/\(session)/attendance"
            let rows = try data(await room.get(path, as: .teacher))["participants"]?.arrayValue ?? []
            Self.expectOrder(rows.map { ($0["first_name"], $0["last_name"]) })
            let csv = try await room.get("\(path).csv", as: .teacher).text.split(separator: "\r\n").dropFirst()
            let emails = rows.compactMap { $0["email"]?.stringValue }
            #expect(csv.map { String($0.split(separator: ",")[1]) } == emails)
        }
    }

    // Found from outside, no. 39
    @Test func `courses stand by title`() async throws {
        try await Classroom.with { room in
            let titles = [
                "algèbre", "Économie", "économie avancée", "Économie politique", "Zoologie", "Éthique", "œnologie",
            ]
            for (index, title) in titles.enumerated() {
                let body: JSON = ["title": .string(title), "instructor_id": 11]
                _ = try data(await room.put("/api/courses/\(50 - index)", as: .admin, body), status: 201)
            }
            let expected = [
                "algèbre", "Chimie", "Économie", "économie avancée", "Économie politique", "Éthique", "œnologie",
                "Réseaux", "Zoologie",
            ]
            let all = try data(await room.get("/api/courses?limit=100", as: .admin)).arrayValue ?? []
            #expect(all.map { $0["title"]?.stringValue } == expected)
            let own = try data(await room.get("/api/me/courses", as: .assistant)).arrayValue ?? []
            #expect(own.map { $0["title"]?.stringValue } == expected.filter { $0 != "Chimie" })
        }
    }

    // Found from outside, no. 39
    @Test func `apostrophes and hyphens are found by whoever types them in another way, or not at all`() async throws {
        try await Classroom.with { room in
            let names = [
                "O'Neil", "O’Neill", "ONeilson", "Jean-Pierre", "Jean Pierre", "Jeanpierre", "N`Diaye", "L\u{2011}Haï",
            ]
            for (index, name) in names.enumerated() {
                let user: JSON = ["email": .string("sign\(index)@sign.example"), "last_name": .string(name)]
                _ = try data(await room.put("/api/users/\(500 + index)", as: .admin, user), status: 201)
            }
            for (search, found) in [
                ("oneil", [500, 501, 502]), ("o'neil", [500, 501, 502]), ("O%E2%80%99NEIL", [500, 501, 502]),
                ("o%C2%B4neil", [500, 501, 502]), ("jean-pierre", [503, 504, 505]), ("jeanpierre", [503, 505]),
                ("jean%E2%80%91pierre", [503, 504, 505]), ("n'diaye", [506]), ("ndiaye%20sign", [506]),
                ("lhai", [507]), ("'%20sign.example", Array(500...507)),
            ] as [(String, [Int64])] {
                let users = try data(await room.get("/api/users?search=\(search)&limit=100", as: .admin))
                #expect(users.ids.sorted().filter { $0 >= 500 } == found, "\(search)")
            }
            let course: JSON = ["title": "L’e-santé d’aujourd’hui", "instructor_id": .integer(Someone.teacher.id)]
            _ = try data(await room.put("/api/courses/70", as: .admin, course), status: 201)
            for search in ["esante", "e-sant%C3%A9", "aujourdhui", "l'e-"] {
                let courses = try data(await room.get("/api/courses?search=\(search)", as: .admin))
                #expect(courses.ids == [70], "\(search)")
            }
        }
    }

    // Found from outside, no. 39
    @Test func `rows from before are brought into the order at the start`() async throws {
        try await Classroom.with { room in
            try await Self.fill(room)
            try await room.execute("UPDATE users SET search_text = NULL", [])
            try await SearchText.fill(room.application.database)
            let users =
                try data(await room.get("/api/users?search=order.example&limit=100", as: .admin)).arrayValue ?? []
            Self.expectOrder(users.map { ($0["first_name"], $0["last_name"]) })
        }
    }
}
