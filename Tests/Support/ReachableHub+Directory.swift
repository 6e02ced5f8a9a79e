package import SessionHub
package import StrictJSON

/// Somebody with a token.
package struct TestPerson: Sendable, Equatable {
    package let id: Int64
    package let name: String
    package let token: String

    /// As events and presence show them.
    package func shown(as role: String) -> JSON {
        ["id": .integer(id), "name": .string(name), "role": .string(role)]
    }
}

/// A course with its people and one class in it.
package struct TestCourse: Sendable {
    package let course: Int64
    package let session: Int64
    /// The course's instructor, 2.
    package let teacher: TestPerson
    /// A co-instructor, 3.
    package let assistant: TestPerson
    /// Enrolled, from 101 on.
    package let students: [TestPerson]
    /// Known, but enrolled nowhere: 9.
    package let outsider: TestPerson

    package var student: TestPerson { students[0] }
}

/// Filling a hub through its own routes.
extension ReachableHub {
    /// Sends a request that must succeed and returns `data`.
    @discardableResult
    package func expectOK(
        _ method: String, _ path: String, token: String? = nil, json: JSON? = nil
    ) async throws -> JSON {
        let response = try await http.send(method, path, token: token ?? serviceToken(), json: json)
        guard (200..<300).contains(response.status) else {
            throw TestFailure("\(method) \(path): \(response.status) \(response.text)")
        }
        return response.data
    }

    /// Puts a person into the Directory.
    @discardableResult
    package func user(
        _ id: Int64, role: Caller.Role = .student, firstName: String = "Awa", lastName: String? = nil
    ) async throws -> TestPerson {
        let lastName = lastName ?? "Nr\(id)"
        try await expectOK(
            "PUT", "/api/users/\(id)",
            json: [
                "email": .string(TestHub.email(id)), "first_name": .string(firstName), "last_name": .string(lastName),
                "role": .string(role.rawValue),
            ]
        )
        return TestPerson(id: id, name: "\(firstName) \(lastName)", token: try token(id, role: role))
    }

    package func course(_ id: Int64, instructor: Int64, coInstructors: [Int64] = []) async throws {
        try await expectOK(
            "PUT", "/api/courses/\(id)",
            json: [
                "title": .string("Course \(id)"), "instructor_id": .integer(instructor),
                "co_instructor_ids": .array(coInstructors.map { .integer($0) }),
            ]
        )
    }

    package func enroll(_ user: Int64, in course: Int64, isActive: Bool = true) async throws {
        try await expectOK(
            "PUT", "/api/courses/\(course)/enrollments/\(user)", json: ["is_active": .bool(isActive)]
        )
    }

    /// Plans a class; returns its id.
    ///
    /// - Parameters:
    ///   - startingIn: minutes from now until the scheduled start.
    ///   - fields: further members of the request, which win.
    package func session(
        course: Int64, startingIn: Int64 = 1, minutes: Int64 = 60, fields: JSONObject = JSONObject([])
    ) async throws -> Int64 {
        let start = now + startingIn * 60_000
        var body = JSONObject([
            ("title", "A class"), ("scheduled_start_at", .string(start.text)),
            ("scheduled_end_at", .string((start + minutes * 60_000).text)),
        ])
        for (name, value) in fields.members { body[name] = value }
        let row = try await expectOK("POST", "/api/courses/\(course)/live-sessions", json: .object(body))
        guard let id = row["id"]?.integerValue else { throw TestFailure("no id: \(row.text)") }
        return id
    }

    package func startClass(_ room: TestCourse) async throws {
        try await expectOK("POST", "/api/live-sessions/\(room.session)/start", token: room.teacher.token)
    }

    package func endClass(_ room: TestCourse) async throws {
        try await expectOK("POST", "/api/live-sessions/\(room.session)/end", token: room.teacher.token, json: [:])
    }

    /// A course (1) with a teacher (2), an assistant (3), students (101, ...), an outsider (9) and one class, which
    /// starts in a minute and is live when `isLive`.
    package func testCourse(
        students count: Int = 2, isLive: Bool = true, startingIn: Int64 = 1, fields: JSONObject = JSONObject([])
    ) async throws -> TestCourse {
        try await importPeople(students: count)
        let session = try await session(course: 1, startingIn: startingIn, fields: fields)
        let room = TestCourse(
            course: 1, session: session,
            teacher: try person(2, .instructor, "Aïssatou"), assistant: try person(3, .instructor, "Jean"),
            students: try (0..<Int64(count)).map { try person(101 + $0, .student, "Linh") },
            outsider: try person(9, .student, "Nobody")
        )
        if isLive { try await startClass(room) }
        return room
    }

    private func person(_ id: Int64, _ role: Caller.Role, _ firstName: String) throws -> TestPerson {
        TestPerson(id: id, name: "\(firstName) Nr\(id)", token: try token(id, role: role))
    }

    private func importPeople(students count: Int) async throws {
        let students = (0..<Int64(count)).map { 101 + $0 }
        var lines = [line(2, "instructor", "Aïssatou"), line(3, "instructor", "Jean"), line(9, "student", "Nobody")]
        lines += students.map { line($0, "student", "Linh") }
        lines.append(
            ["course": ["id": 1, "title": "Course 1", "instructor_id": 2, "co_instructor_ids": [3]]]
        )
        lines += students.map { ["enrollment": ["course_id": 1, "user_id": .integer($0)]] }
        let body = lines.flatMap { $0.encoded() + [UInt8(ascii: "\n")] }
        let response = try await http.send(
            "POST", "/api/directory/import", token: serviceToken(),
            headers: [("Content-Type", "application/x-ndjson")], body: body
        )
        guard response.status == 200 else { throw TestFailure("import: \(response.status) \(response.text)") }
    }

    private func line(_ id: Int64, _ role: String, _ firstName: String) -> JSON {
        [
            "user": [
                "id": .integer(id), "email": .string(TestHub.email(id)), "first_name": .string(firstName),
                "last_name": "Nr\(id)", "role": .string(role),
            ]
        ]
    }
}
