import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// What hosts say of somebody's attendance beside the record.
@Suite("Corrections of attendance", .timeLimit(.minutes(3)))
struct CorrectionTests {
    private static func json(_ id: Int64, _ status: String, _ reason: String, by: Someone? = .teacher) -> JSON {
        [
            "id": .integer(id), "status": .string(status), "reason": .string(reason), "by": by?.json ?? .null,
            "at": "2026-03-15T09:00:00Z",
        ]
    }

    // The clock stands: both corrections have one time.
    @Test func `the newest counts, beside the record, and the earlier ones stay`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let path = "/api/live-sessions/\(session)"
            try await room.join(session, .awa)
            let head = try await room.row(session).headSeq
            let first = Self.json(1, "late", "Bus en retard")
            let second = Self.json(2, "present", "Vue en classe", by: .assistant)
            expectData(try await room.correct(session, 20, "late", "Bus en retard"), first, status: 201)
            expectData(
                try await room.correct(session, 20, as: .assistant, "present", "  Vue en classe "), second, status: 201)
            let live = try await room.rollCall(session)
            #expect(live.people("status") == ["21 absent", "20 present"])
            #expect(live.people("recorded_status") == ["21 absent", "20 here"])
            #expect(live["people"]?.arrayValue?.last?["corrected"] == second && live["here"] == 1)

            let list = try await room.get("\(path)/attendance/20/corrections", as: .teacher)
            expectData(list, [second, first], pagination: ["page": 1, "limit": 20, "total": 2, "pages": 1])
            let page = try await room.get("\(path)/attendance/20/corrections?limit=1&page=2", as: .teacher)
            expectData(page, [first], pagination: ["page": 2, "limit": 1, "total": 2, "pages": 2])
            #expect(try data(await room.get("\(path)/attendance/20/corrections", as: .awa)) == [second, first])
            expectRefusal(try await room.get("\(path)/attendance/20/corrections", as: .koffi), 403, .forbidden)
            #expect(try data(await room.get("\(path)/attendance/21/corrections", as: .koffi)) == [])
            let own = try data(await room.get("\(path)/attendance/me", as: .awa))
            #expect(own["status"] == "present" && own["recorded_status"] == "here" && own["corrected"] == second)
            #expect(own["user"] == Someone.awa.json && own["segments"]?.arrayValue?.count == 1)
            #expect(try await room.row(session).headSeq == head, "no event tells of it")

            let audit = try data(await room.get("\(path)/moderation", as: .teacher)).arrayValue?.first
            #expect(
                audit?.without("id") == [
                    "seq": nil, "at": "2026-03-15T09:00:00Z", "action": "attendance.correct",
                    "by": Someone.assistant.json, "user": Someone.awa.json, "message_id": nil, "scope": nil,
                    "until": nil, "value": "present", "reason": "Vue en classe",
                ])
            let attendance = try data(await room.get("\(path)/attendance", as: .teacher))
            #expect(attendance["participants"]?.arrayValue?.map { $0["corrected"] } == [second])
        }
    }

    @Test func `other members learn of them by no route`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let path = "/api/live-sessions/\(session)"
            for person in [Someone.awa, .koffi] { try await room.join(session, person) }
            _ = try data(await room.correct(session, 20, "excused", "Quarantaine"), status: 201)
            for rest in [
                "", "/participants", "/attendance", "/attendance.csv", "/attendance/me", "/attendance/20/corrections",
                "/roll-call", "/moderation", "/presence", "/chat", "/events", "/questions",
            ] {
                for person in [Someone.koffi, .former, .outsider, .otherTeacher] {
                    let text = try await room.get(path + rest, as: person).text
                    let secrets = ["Quarantaine", "excused", "attendance.correct"]
                    #expect(!secrets.contains { text.contains($0) }, "\(rest) as \(person)")
                }
            }
        }
    }

    // Found from outside: who had never come and left the course could not read what was written about them.
    @Test func `whom a correction is about reads it after leaving the course, and of a deleted class`() async throws {
        try await Classroom.with { room in
            let session = try await room.ended()
            _ = try data(await room.correct(session, 20, "excused"), status: 201)
            let path = "/api/live-sessions/\(session)"
            #expect(try await room.delete("/api/courses/1/enrollments/20", as: .admin).status == 200)
            for isDeleted in [false, true] {
                if isDeleted { _ = try data(await room.delete(path, as: .teacher)) }
                let own = try data(await room.get("\(path)/attendance/20/corrections", as: .awa)).arrayValue
                #expect(own?.count == 1 && own?.first?["status"] == "excused")
                let other = try await room.get("\(path)/attendance/21/corrections", as: .awa)
                expectRefusal(other, 404, .sessionNotFound)
            }
            expectRefusal(try await room.get(path, as: .awa), 404, .sessionNotFound)
            expectRefusal(try await room.get("\(path)/attendance/21/corrections", as: .koffi), 404, .sessionNotFound)
        }
    }

    @Test func `a service corrects without a name`() async throws {
        try await Classroom.with { room in
            let session = try await room.ended()
            let answer = try await room.client.send(
                "POST", "/api/live-sessions/\(session)/attendance/20/corrections", token: room.serviceToken(),
                json: ["status": "excused", "reason": "Certificat"])
            expectData(answer, Self.json(1, "excused", "Certificat", by: nil), status: 201)
            let list = try data(await room.get("/api/live-sessions/\(session)/attendance/20/corrections", as: .awa))
            #expect(list == [Self.json(1, "excused", "Certificat", by: nil)])
        }
    }

    @Test func `a status and a reason are needed, of their types and lengths`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let long = String(repeating: "é", count: 501)
            for (status, reason, field) in [
                (nil, "r", "status"), ("here", "r", "status"), ("expected", "r", "status"), (5, "r", "status"),
                (["late"], "r", "status"), ("late", nil, "reason"), ("late", "", "reason"), ("late", " \n", "reason"),
                ("late", 5, "reason"), ("late", .string(long), "reason"), ("late", "a\u{7}", "reason"),
            ] as [(JSON, JSON, String)] {
                let answer = try await room.correct(session, 20, status, reason)
                expectRefusal(answer, 400, .invalidField, field: field)
            }
            let most = try data(await room.correct(session, 20, "late", .string(String(long.dropLast()))), status: 201)
            #expect(most["id"] == 1, "nothing was stored of what was refused")
            let path = "/api/live-sessions/\(session)/attendance"
            expectRefusal(try await room.post("\(path)/0/corrections", as: .teacher, [:]), 404, .notFound)
            expectRefusal(try await room.post("\(path)/20/corrections", as: .koffi, [:]), 403, .forbidden)
        }
    }

    @Test func `nobody corrects their own, nor that of a host as high, nor of a stranger`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            for person in [Someone.teacher, .assistant, .koffi, .admin] { try await room.join(session, person) }
            _ = try data(await room.put("/api/live-sessions/\(session)/cohosts/21", as: .teacher, nil))
            for (host, person) in [
                (.teacher, .teacher), (.assistant, .teacher), (.koffi, .koffi), (.koffi, .assistant),
                (.teacher, .admin),
                (.admin, .admin),
            ] as [(Someone, Someone)] {
                let answer = try await room.correct(session, person.id, as: host, "present")
                expectRefusal(answer, 403, .forbidden, field: "user_id")
            }
            for (host, person) in [(.teacher, .assistant), (.assistant, .koffi), (.koffi, .awa), (.admin, .teacher)]
                as [(Someone, Someone)]
            {
                _ = try data(await room.correct(session, person.id, as: host, "present"), status: 201)
            }
            for person in [Someone.outsider.id, Someone.former.id, Someone.otherTeacher.id, 999] {
                let answer = try await room.correct(session, person, "absent")
                expectRefusal(answer, 404, .userNotFound, field: "user_id")
            }
        }
    }

    @Test func `before a class, and in a cancelled one, there is nothing to correct`() async throws {
        try await Classroom.with { room in
            let scheduled = try await room.schedule()
            expectRefusal(try await room.correct(scheduled, 20, "excused"), 400, .sessionNotStarted)
            let cancelled = try await room.cancelled()
            expectRefusal(try await room.correct(cancelled, 20, "excused"), 400, .sessionCancelled)
            #expect(try await room.rollCall(cancelled).people("status") == ["21 expected", "20 expected"])
        }
    }

    @Test func `the CSV has both, and no reason runs as a formula`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            try await room.join(session, .awa)
            room.clock.advance(seconds: 60)
            try await room.end(session)
            _ = try data(await room.correct(session, 20, "late", "=1+1; @x"), status: 201)
            let path = "/api/live-sessions/\(session)/attendance.csv?bom=false"
            let awa =
                "Awa Ndiaye,person20@school.example,participant,2026-03-15T09:00:00Z,2026-03-15T09:01:00Z,60,1,rest,"
                + "present,late,\"'=1+1;' @x\",Aïssatou Diallo,2026-03-15T09:01:00Z\r\n"
            #expect(try await room.get(path, as: .teacher).text == "\(AttendanceList.heading)\r\n\(awa)")
            let koffi = "Koffi Adjovi,person21@school.example,participant,,,0,0,,absent"
            #expect(
                try await room.get("\(path)&everybody=true", as: .teacher).text
                    == "\(AttendanceList.heading)\r\n\(koffi),,,,\r\n\(awa)")
            // Who never came, and was corrected, is in the list as well.
            _ = try data(await room.correct(session, 21, "excused", "Malade"), status: 201)
            #expect(
                try await room.get(path, as: .teacher).text
                    == "\(AttendanceList.heading)\r\n\(koffi),excused,Malade,Aïssatou Diallo,2026-03-15T09:01:00Z\r\n\(awa)"
            )
            let french = try await room.get("\(path)&lang=fr", as: .teacher).text
            #expect(
                french.hasSuffix(
                    "0 s;0;;absent;excusé;Malade;Aïssatou Diallo;2026-03-15 09:01:00\r\nAwa Ndiaye;person20@school.example;"
                        + "participant;2026-03-15 09:00:00;2026-03-15 09:01:00;1 min;1;REST;présent;en retard;"
                        + "\"'=1+1;' @x\";Aïssatou Diallo;2026-03-15 09:01:00\r\n"))
            expectRefusal(
                try await room.get("\(path)&everybody=maybe", as: .teacher), 400, .invalidField, field: "everybody")
        }
    }

    @Test func `no statement changes or deletes one`() async throws {
        try await Classroom.with { room in
            let session = try await room.ended()
            _ = try data(await room.correct(session, 20, "late"), status: 201)
            for sql in [
                "UPDATE attendance_corrections SET status = 'present'",
                "UPDATE attendance_corrections SET reason = 'x'",
                "UPDATE attendance_corrections SET at = 0", "DELETE FROM attendance_corrections",
                "DELETE FROM live_sessions", "DELETE FROM users WHERE id = 20",
            ] {
                await #expect(throws: (any Error).self, "\(sql)") { try await room.execute(sql, []) }
            }
            let person = try await room.delete("/api/users/20", as: .admin)
            #expect(person.status == 409)
            #expect(try await room.rollCall(session).people("status") == ["21 absent", "20 late"])
        }
    }

    @Test func `a class that was deleted is kept for them, and corrected no more`() async throws {
        try await Classroom.with { room in
            let session = try await room.ended()
            let path = "/api/live-sessions/\(session)"
            _ = try data(await room.correct(session, 20, "excused"), status: 201)
            _ = try data(await room.delete(path, as: .teacher))
            #expect(try await room.rollCall(session).people("status") == ["21 absent", "20 excused"])
            let list = try data(await room.get("\(path)/attendance/20/corrections", as: .assistant))
            #expect(list.arrayValue?.count == 1)
            expectRefusal(try await room.correct(session, 20, "late"), 404, .sessionNotFound)
            for rest in ["roll-call", "attendance/me", "attendance/21/corrections"] {
                expectRefusal(try await room.get("\(path)/\(rest)", as: .koffi), 404, .sessionNotFound)
            }
            expectRefusal(try await room.get("\(path)/attendance/me", as: .awa), 404, .sessionNotFound)
        }
    }

    @Test func `they outlive a restart, and their people get another id`() async throws {
        try await Classroom.quiet { room in
            let lines = """
                {"user":{"email":"nadia@school.example","first_name":"Nadia"}}
                {"enrollment":{"course_id":1,"email":"nadia@school.example"}}
                """
            #expect(try await room.importLines(lines).status == 200)
            let local = LocalPeople.firstID
            let session = try await room.planLive()
            let path = "/api/live-sessions/\(session)/attendance"
            _ = try data(await room.correct(session, local, "late"), status: 201)
            _ = try data(await room.correct(session, local, "excused"), status: 201)
            let again = try await room.restarted(after: 61_000)
            defer { try? again.application.close() }
            let token = try again.token(77, .student, email: "nadia@school.example")
            let own = try await again.send("GET", "\(path)/me", token: token)
            #expect(own.data["user"]?["id"] == 77 && own.data["status"] == "excused", "\(own.text)")
            let list = try await again.send("GET", "\(path)/77/corrections", token: token)
            #expect(list.data.arrayValue?.map { $0["status"] } == ["excused", "late"])
            let people = try await again.rollCall(session).people("status")
            #expect(Set(people) == ["77 excused", "21 absent", "20 absent"])
        }
    }

    @Test func `a host who has not come, and a service, have no attendance to ask for`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let path = "/api/live-sessions/\(session)/attendance/me"
            let own = try data(await room.get(path, as: .teacher))
            #expect(own["is_expected"] == false && own["status"] == "absent" && own["segments"] == [])
            expectRefusal(
                try await room.client.send("GET", path, token: room.serviceToken()), 403, .forbidden)
        }
    }
}
