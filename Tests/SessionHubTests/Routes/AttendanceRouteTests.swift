import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

extension AttendanceList {
    /// The first line of the English one.
    static let heading = """
        name,email,role,first_joined_at,last_left_at,attendance_seconds,attendance_minutes,source,recorded_status,\
        corrected_status,correction_reason,corrected_by,corrected_at
        """
}

/// leave, participants, attendance as JSON and as CSV: the sums, to the second.
@Suite("Attendance over REST", .timeLimit(.minutes(5)))
struct AttendanceRouteTests {
    /// What `leave` answers.
    private static func left(_ session: Int64, at: String, minutes: Int64, seconds: Int64) -> JSON {
        [
            "session_id": .integer(session), "user_id": 20, "left_at": .string(at),
            "attendance_duration": .integer(minutes), "attendance_seconds": .integer(seconds),
        ]
    }

    @Test func `leaving and coming back adds up, by the second`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            try await room.join(session, .awa)
            room.clock.advance(seconds: 90)
            #expect(
                try await room.leave(session, .awa)
                    == Self.left(session, at: "2026-03-15T09:01:30Z", minutes: 1, seconds: 90)
            )
            room.clock.advance(seconds: 30)
            try await room.join(session, .awa)
            room.clock.advance(seconds: 45, milliseconds: 999)
            #expect(
                try await room.leave(session, .awa)
                    == Self.left(session, at: "2026-03-15T09:02:45.999Z", minutes: 2, seconds: 135)
            )
            room.clock.advance(seconds: 600)
            #expect(
                try await room.leave(session, .awa)
                    == Self.left(session, at: "2026-03-15T09:02:45.999Z", minutes: 2, seconds: 135)
            )
        }
    }

    // Found from outside, no. 26
    @Test func `who never joined cannot leave, and leaves nothing behind`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let path = "/api/live-sessions/\(session)/leave"
            expectRefusal(try await room.post(path, as: .awa), 404, .notFound)
            expectRefusal(try await room.post(path, as: .teacher), 404, .notFound)
            expectRefusal(try await room.post(path, as: .outsider), 404, .sessionNotFound)
            #expect(try data(await room.get("/api/live-sessions/\(session)/participants", as: .teacher)) == [])
        }
    }

    @Test func `somebody whose enrollment ends during the class can still leave it`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            try await room.join(session, .awa)
            room.clock.advance(seconds: 10)
            _ = try data(await room.put("/api/courses/1/enrollments/20", as: .admin, ["is_active": false]))
            expectRefusal(
                try await room.get("/api/live-sessions/\(session)", as: .awa), 404, .sessionNotFound
            )
            #expect(try await room.leave(session, .awa)["attendance_seconds"] == 10)
        }
    }

    @Test func `the end closes every open interval at its own moment`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            for person in [Someone.teacher, .awa, .koffi] { try await room.join(session, person) }
            room.clock.advance(seconds: 100)
            try await room.leave(session, .koffi)
            room.clock.advance(seconds: 20)
            try await room.end(session)
            room.clock.advance(seconds: 3600)
            let rows = try data(await room.get("/api/live-sessions/\(session)/participants", as: .teacher))
            #expect(
                rows.arrayValue?.map { $0.without("first_name", "last_name", "avatar", "user", "email") } == [
                    Self.row(3, session, .koffi, "participant", left: "2026-03-15T09:01:40Z", seconds: 100),
                    Self.row(2, session, .awa, "participant", left: "2026-03-15T09:02:00Z", seconds: 120),
                    Self.row(1, session, .teacher, "instructor", left: "2026-03-15T09:02:00Z", seconds: 120),
                ]
            )
        }
    }

    private static func row(
        _ id: Int64, _ session: Int64, _ person: Someone, _ role: String, left: String, seconds: Int64
    ) -> JSON {
        [
            "id": .integer(id), "session_id": .integer(session), "user_id": .integer(person.id),
            "profile_picture": nil, "created_at": "2026-03-15T09:00:00Z", "enrollment_id": .optional(person.enrollment),
            "joined_at": "2026-03-15T09:00:00Z", "left_at": .string(left),
            "attendance_duration": .integer(seconds / 60), "attendance_seconds": .integer(seconds), "is_present": false,
            "role": .string(role),
        ]
    }

    @Test func `a host who waits before the start attends from the start on`() async throws {
        try await Classroom.with { room in
            let session = try await room.schedule(inMinutes: 5)
            try await room.join(session, .teacher)
            room.clock.advance(seconds: 300)
            _ = try data(await room.post("/api/live-sessions/\(session)/start", as: .assistant))
            room.clock.advance(seconds: 60)
            #expect(try await room.leave(session, .teacher)["attendance_seconds"] == 60)
        }
    }

    @Test func `participants come in pages, newest first`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            for person in [Someone.teacher, .awa, .koffi] {
                try await room.join(session, person)
                room.clock.advance(seconds: 1)
            }
            let path = "/api/live-sessions/\(session)/participants"
            for (page, ids) in [(1, [21, 20]), (2, [10]), (3, [])] as [(Int64, [JSON])] {
                let response = try await room.get("\(path)?limit=2&page=\(page)", as: .koffi)
                #expect(try data(response).arrayValue?.map { $0["user_id"] ?? .null } == ids)
                #expect(response.json["pagination"] == ["page": .integer(page), "limit": 2, "total": 3, "pages": 2])
            }
            let many = try await room.get("\(path)?limit=101", as: .koffi)
            #expect(many.json["pagination"] == ["page": 1, "limit": 100, "total": 3, "pages": 1])
        }
    }

    @Test func `the attendance list has every interval`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            try await room.join(session, .awa)
            room.clock.advance(seconds: 60)
            try await room.leave(session, .awa)
            room.clock.advance(seconds: 60)
            try await room.join(session, .awa)
            room.clock.advance(seconds: 30)
            expectData(
                try await room.get("/api/live-sessions/\(session)/attendance", as: .assistant),
                [
                    "session": [
                        "id": .integer(session), "title": "Séance", "status": "live",
                        "course": ["id": 1, "title": "Réseaux"], "actual_start_at": "2026-03-15T09:00:00Z",
                        "actual_end_at": nil,
                    ],
                    "participants": [
                        [
                            "id": 1, "session_id": .integer(session), "user_id": 20, "enrollment_id": 501,
                            "profile_picture": nil, "created_at": "2026-03-15T09:00:00Z",
                            "joined_at": "2026-03-15T09:00:00Z", "left_at": nil, "attendance_duration": 1,
                            "attendance_seconds": 90, "is_present": true, "role": "participant", "first_name": "Awa",
                            "last_name": "Ndiaye", "avatar": nil, "user": Someone.awa.json,
                            "email": .string(Someone.awa.email), "status": "here", "recorded_status": "here",
                            "attendance_percent": 60, "corrected": nil,
                            "segments": [
                                [
                                    "joined_at": "2026-03-15T09:00:00Z", "left_at": "2026-03-15T09:01:00Z",
                                    "last_seen_at": "2026-03-15T09:00:00Z", "source": "rest",
                                ],
                                [
                                    "joined_at": "2026-03-15T09:02:00Z", "left_at": nil,
                                    "last_seen_at": "2026-03-15T09:02:00Z", "source": "rest",
                                ],
                            ],
                        ]
                    ],
                ]
            )
        }
    }

    @Test func `the CSV is one line a person, and no cell runs as a formula`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let names: [(first: String, last: String)] = [
                (#"=HYPERLINK("http://evil.example";"A")"#, "Ndiaye"), ("+33", "1"), ("-2+3", "cmd|' /C calc'!A0"),
                ("@SUM(A1:A9)", "X"), (#"Jean "Jo", dit"#, "Ouédraogo"),
            ]
            for (index, name) in names.enumerated() {
                let id = Int64(30 + index)
                _ = try data(
                    await room.put(
                        "/api/users/\(id)", as: .admin,
                        [
                            "email": .string("p\(id)@school.example"), "first_name": .string(name.first),
                            "last_name": .string(name.last),
                        ]
                    ), status: 201
                )
                _ = try data(await room.put("/api/courses/1/enrollments/\(id)", as: .admin, [:]), status: 201)
                let token = try room.application.tokens.mint(
                    userID: id, email: "p\(id)@school.example", role: .student, issuedAt: room.nowSeconds,
                    expiresAt: room.nowSeconds + 60
                )
                _ = try data(await room.client.send("POST", "/api/live-sessions/\(session)/join", token: token))
            }
            room.clock.advance(seconds: 61)
            try await room.end(session)
            let response = try await room.get("/api/live-sessions/\(session)/attendance.csv", as: .teacher)
            #expect(response.status == 200)
            #expect(response.header("Content-Type") == "text/csv; charset=utf-8")
            #expect(
                response.header("Content-Disposition") == "attachment; filename=\"attendance-\(session).csv\""
            )
            #expect(response.header("Cache-Control") == "no-store")
            let times = "participant,2026-03-15T09:00:00Z,2026-03-15T09:01:01Z,61,1,rest,present,,,,\r\n"
            // By name, folded: signs before letters.
            #expect(
                response.text
                    == "\u{FEFF}\(AttendanceList.heading)\r\n"
                    + "'+33 1,p31@school.example,\(times)"
                    + "'-2+3 cmd|' /C calc'!A0,p32@school.example,\(times)"
                    + "\"'=HYPERLINK(\"\"http://evil.example\"\";\"\"A\"\") Ndiaye\",p30@school.example,\(times)"
                    + "\"Jean \"\"Jo\"\", dit Ouédraogo\",p34@school.example,\(times)"
                    + "'@SUM(A1:A9) X,p33@school.example,\(times)"
            )
        }
    }

    // Found from outside, no. 48
    @Test func `the CSV is in the reader's language, with its separator, and without the mark on request`() async throws
    {
        try await Classroom.with { room in
            _ = try data(await room.put("/api/courses/1", as: .admin, ["time_zone": "Africa/Porto-Novo"]))
            let session = try await room.live()
            try await room.join(session, .awa)
            room.clock.advance(seconds: 3725)
            try await room.end(session)
            let path = "/api/live-sessions/\(session)/attendance.csv"
            let french =
                "Nom;Adresse e-mail;Rôle;Première arrivée (Africa/Porto-Novo);Dernier départ (Africa/Porto-Novo);Durée;"
                + "Durée en minutes;Source;Statut relevé;Statut corrigé;Motif de la correction;Corrigé par;"
                + "Corrigé le (Africa/Porto-Novo)\r\nAwa Ndiaye;person20@school.example;participant;2026-03-15 10:00:00;"
                + "2026-03-15 11:02:05;1 h 2 min;62;REST;présent;;;;\r\n"
            let english =
                "\(AttendanceList.heading)\r\n"
                + "Awa Ndiaye,person20@school.example,participant,2026-03-15T09:00:00Z,2026-03-15T10:02:05Z,3725,62,rest,"
                + "present,,,,\r\n"
            for (query, header, expected) in [
                ("", "fr-FR,fr;q=0.9,en;q=0.8", french), ("?lang=fr", "en", french), ("?lang=fr-CA", "en", french),
                ("?lang=en", "fr", english), ("", "en", english), ("?lang=", "fr", french), ("", "de", english),
            ] {
                for bom in ["", "bom=false", "bom=true"] {
                    let full = bom.isEmpty ? query : query.isEmpty ? "?\(bom)" : "\(query)&\(bom)"
                    let response = try await room.client.send(
                        "GET", path + full, token: room.token(.teacher), headers: [("Accept-Language", header)])
                    #expect(response.text == (bom == "bom=false" ? "" : "\u{FEFF}") + expected, "\(full) \(header)")
                }
            }
            expectRefusal(try await room.get("\(path)?lang=de", as: .teacher), 400, .invalidField, field: "lang")
            expectRefusal(try await room.get("\(path)?bom=maybe", as: .teacher), 400, .invalidField, field: "bom")
        }
    }

    @Test func `attendance outlives a deleted session, for its hosts only`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            try await room.join(session, .awa)
            room.clock.advance(seconds: 60)
            try await room.end(session)
            let path = "/api/live-sessions/\(session)"
            _ = try data(await room.delete(path, as: .teacher))
            expectRefusal(try await room.get(path, as: .teacher), 404, .sessionNotFound)
            #expect(try data(await room.get("/api/courses/1/live-sessions", as: .teacher)) == [])
            for suffix in ["attendance", "attendance.csv"] {
                expectRefusal(try await room.get("\(path)/\(suffix)", as: .awa), 404, .sessionNotFound)
                expectRefusal(try await room.get("\(path)/\(suffix)", as: .otherTeacher), 404, .sessionNotFound)
                #expect(try await room.get("\(path)/\(suffix)", as: .teacher).status == 200)
            }
            for (method, suffix) in [
                ("PUT", ""), ("DELETE", ""), ("POST", "/start"), ("POST", "/end"), ("POST", "/join"),
            ] {
                let token = try room.token(.teacher)
                let response = try await room.client.send(method, path + suffix, token: token, json: [:])
                expectRefusal(response, 404, .sessionNotFound)
            }
            let list = try data(await room.get("\(path)/attendance", as: .teacher))
            #expect(list["participants"]?.arrayValue?.map { $0["attendance_seconds"] } == [60])
        }
    }
}
