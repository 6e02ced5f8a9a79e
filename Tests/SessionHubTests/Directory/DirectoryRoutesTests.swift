import Database
import HTTPTypes
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

@Suite("Directory: fields, signals and lists")
struct DirectoryRoutesTests {
    /// A teacher (1), students (10, 11, 12) and course 1.
    func seeded(_ body: (Classroom, String) async throws -> Void) async throws {
        try await Classroom.quiet(isEmpty: true) { hub in
            let token = try hub.serviceToken()
            for (id, name) in [(1, "Diallo"), (10, "Ndiaye"), (11, "Adjovi"), (12, "Nguyen")] {
                let answer = try await hub.send(
                    .put, "/api/users/\(id)", token: token,
                    body:
                        #"{"email":"P\#(id)@School.example","last_name":"\#(name)","role":"\#(id > 1 ? "student" : "instructor")"}"#
                )
                #expect(answer.status == 201)
            }
            let course = try await hub.send(
                .put, "/api/courses/1", token: token, body: #"{"title":"Networks","instructor_id":1,"max_students":2}"#
            )
            #expect(course.status == 201)
            try await body(hub, token)
        }
    }

    @Test func `students and instructors are refused everywhere`() async throws {
        try await seeded { hub, _ in
            let paths = ["/api/users", "/api/users/1", "/api/courses", "/api/courses/1", "/api/courses/1/enrollments"]
            for role in [Caller.Role.student, .instructor] {
                let token = try hub.token(50, role, email: "x@y")
                for path in paths {
                    #expect(try await hub.send(.get, path, token: token).code == "forbidden", "\(path)")
                }
                for path in ["/api/users/1", "/api/courses/1", "/api/courses/1/enrollments/10"] {
                    #expect(try await hub.send(.put, path, token: token, body: "{}").code == "forbidden", "\(path)")
                }
                let deleted = try await hub.send(.delete, "/api/courses/1/enrollments/10", token: token)
                #expect(deleted.code == "forbidden")
            }
        }
    }

    @Test func `a person is created, then changed field by field`() async throws {
        try await seeded { hub, token in
            let answer = try await hub.send(
                .put, "/api/users/10", token: token,
                body: #"{"first_name":"Awa","role":"instructor","avatar":"/a.png"}"#
            )
            #expect(answer.status == 200)
            #expect(
                answer.data == [
                    "id": 10, "email": "P10@School.example", "first_name": "Awa", "last_name": "Ndiaye",
                    "role": "instructor", "avatar": "/a.png",
                ]
            )
            #expect(hub.published.signals == [.accessChanged(user: 1), .accessChanged(user: 10)])
            let cleared = try await hub.send(.put, "/api/users/10", token: token, body: #"{"avatar":null}"#)
            #expect(cleared.data["avatar"] == .null)
            #expect(try await hub.send(.get, "/api/users/10", token: token).data == cleared.data)
        }
    }

    @Test(arguments: [
        ("/api/users/99", "{}", 400, "email"), ("/api/users/99", #"{"email":"nobody"}"#, 400, "email"),
        ("/api/users/99", #"{"email":7}"#, 400, "email"),
        ("/api/users/99", #"{"email":"p10@school.example"}"#, 409, "email"),
        ("/api/users/10", #"{"role":"service"}"#, 400, "role"),
        ("/api/users/10", #"{"first_name":[]}"#, 400, "first_name"),
        ("/api/courses/2", #"{"instructor_id":1}"#, 400, "title"),
        ("/api/courses/2", #"{"title":"x"}"#, 400, "instructor_id"),
        ("/api/courses/2", #"{"title":"x","instructor_id":99}"#, 400, "instructor_id"),
        ("/api/courses/1", #"{"co_instructor_ids":[99]}"#, 400, "co_instructor_ids"),
        ("/api/courses/1", #"{"co_instructor_ids":["1"]}"#, 400, "co_instructor_ids"),
        ("/api/courses/1", #"{"max_students":0}"#, 400, "max_students"),
        ("/api/courses/1", #"{"course_type":"hybrid"}"#, 400, "course_type"),
        ("/api/courses/1", #"{"enrollment_deadline":"2026-03-15T10:00:00"}"#, 400, "enrollment_deadline"),
        (
            "/api/courses/1", #"{"course_start_date":"2026-03-02","course_end_date":"2026-03-01"}"#, 400,
            "course_end_date"
        ),
        ("/api/courses/1", #"{"time_zone":"Africa Dakar"}"#, 400, "time_zone"),
        ("/api/courses/1/enrollments/10", #"{"status":"gone"}"#, 400, "status"),
        ("/api/courses/1/enrollments/10", #"{"is_active":1}"#, 400, "is_active"),
    ])
    func `a bad field is named`(path: String, body: String, status: Int, field: String) async throws {
        try await seeded { hub, token in
            let answer = try await hub.send(.put, path, token: token, body: body)
            #expect(answer.status == status && answer.json["field"]?.stringValue == field)
        }
    }

    @Test(arguments: [
        (HTTPRequest.Method.get, "/api/users/99", "user_not_found"), (.get, "/api/courses/99", "course_not_found"),
        (.get, "/api/courses/99/enrollments", "course_not_found"), (.get, "/api/courses/1/enrollments/10", "not_found"),
        (.put, "/api/courses/99/enrollments/10", "course_not_found"),
        (.put, "/api/courses/1/enrollments/99", "user_not_found"),
        (.delete, "/api/courses/1/enrollments/10", "not_found"),
    ])
    func `what is not there is not found`(method: HTTPRequest.Method, path: String, code: String) async throws {
        try await seeded { hub, token in
            let answer = try await hub.send(method, path, token: token)
            #expect(answer.status == 404 && answer.code == code)
        }
    }

    @Test func `a course keeps what a change leaves out, and a change of hosts is signalled`() async throws {
        try await seeded { hub, token in
            for id in [10, 11] {
                let path = "/api/users/\(id)"
                #expect(try await hub.send(.put, path, token: token, body: #"{"role":"instructor"}"#).status == 200)
            }
            let answer = try await hub.send(
                .put, "/api/courses/1", token: token,
                body: #"{"co_instructor_ids":[11,10,11],"course_start_date":"2026-03-01","time_zone":"Africa/Dakar"}"#
            )
            #expect(
                answer.data == [
                    "id": 1, "title": "Networks", "instructor_id": 1, "description": nil,
                    "co_instructor_ids": [10, 11], "course_type": "live", "max_students": 2,
                    "enrollment_deadline": nil, "course_start_date": "2026-03-01T00:00:00Z", "course_end_date": nil,
                    "time_zone": "Africa/Dakar", "slug": nil, "late_after_minutes": 10, "present_percent": 75,
                ]
            )
            #expect(hub.published.signals.suffix(2) == [.accessChanged(user: 10), .accessChanged(user: 11)])
            let fewer = try await hub.send(.put, "/api/courses/1", token: token, body: #"{"co_instructor_ids":[11]}"#)
            #expect(fewer.data["co_instructor_ids"] == [11] && hub.published.signals.last == .accessChanged(user: 10))
        }
    }

    @Test func `an enrollment is made, changed and deleted, and each change of access is signalled`() async throws {
        try await seeded { hub, token in
            let path = "/api/courses/1/enrollments/10"
            let made = try await hub.send(.put, path, token: token, body: #"{"id":456}"#)
            #expect(made.status == 201)
            #expect(made.data == ["id": 456, "course_id": 1, "user_id": 10, "status": "enrolled", "is_active": true])
            let done = try await hub.send(.put, path, token: token, body: #"{"status":"completed"}"#)
            #expect(done.status == 200 && done.data["status"] == "completed" && done.data["is_active"] == true)
            let signals = hub.published.signals.count
            _ = try await hub.send(.put, path, token: token, body: #"{"is_active":false,"id":457}"#)
            #expect(
                hub.published.signals.count == signals + 1 && hub.published.signals.last == .accessChanged(user: 10))
            #expect(try await hub.send(.get, path, token: token).data["id"] == 457)
            let taken = try await hub.send(.put, "/api/courses/1/enrollments/11", token: token, body: #"{"id":457}"#)
            #expect(taken.status == 409 && taken.code == "conflict")
            #expect(try await hub.send(.delete, path, token: token).status == 200)
            #expect(try await hub.send(.get, path, token: token).status == 404)
        }
    }

    @Test func `a full course and a past deadline are refused unless forced, and only for new members`() async throws {
        try await seeded { hub, token in
            func enroll(_ id: Int, _ query: String = "", _ body: String = "{}") async throws -> TestResponse {
                try await hub.send(.put, "/api/courses/1/enrollments/\(id)\(query)", token: token, body: body)
            }
            #expect(try await enroll(10).status == 201)
            #expect(try await enroll(11).status == 201)
            let full = try await enroll(12)
            #expect(full.status == 409 && full.code == "course_full")
            #expect(try await enroll(10, "", #"{"status":"certified"}"#).status == 200)
            #expect(try await enroll(12, "?force=true").status == 201)
            _ = try await hub.send(
                .put, "/api/courses/1", token: token,
                body: #"{"max_students":null,"enrollment_deadline":"2026-03-15T09:59:59Z"}"#
            )
            _ = try await enroll(12, "", #"{"is_active":false}"#)
            let late = try await enroll(12, "", #"{"is_active":true}"#)
            #expect(late.status == 409 && late.code == "enrollment_closed")
        }
    }

    @Test func `lists have pages and a simple search`() async throws {
        try await seeded { hub, token in
            let page = try await hub.send(.get, "/api/users?limit=2&page=2", token: token)
            #expect(page.data.arrayValue?.compactMap { $0["last_name"]?.stringValue } == ["Ndiaye", "Nguyen"])
            #expect(page.json["pagination"] == ["page": 2, "limit": 2, "total": 4, "pages": 2])
            let found = try await hub.send(.get, "/api/users?search=NDI", token: token)
            #expect(found.data.arrayValue?.map { $0["id"] } == [10])
            #expect(try await hub.send(.get, "/api/users?search=%25", token: token).data == [])
            #expect(try await hub.send(.get, "/api/users?limit=101", token: token).json["pagination"]?["limit"] == 100)
            #expect(try await hub.send(.get, "/api/courses?search=net", token: token).data.arrayValue?.count == 1)
            _ = try await hub.send(.put, "/api/courses/1/enrollments/10", token: token)
            let members = try await hub.send(.get, "/api/courses/1/enrollments?search=p10@", token: token)
            #expect(members.data.arrayValue?.first?["user"]?["email"] == "P10@School.example")
        }
    }

    @Test func `the platform's word beats every token issued before it`() async throws {
        try await seeded { hub, _ in
            let token = try hub.token(10, .admin, email: "p10@school.example", issuedAt: Classroom.ten.seconds)
            let me = try await hub.send(.get, "/api/auth/me", token: token)
            #expect(me.data["role"] == "student")
        }
    }
}
