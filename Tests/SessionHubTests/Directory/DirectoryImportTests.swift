import HTTPTypes
import StrictJSON
import Testing

@testable import Database
@testable import SessionHub

@Suite("Import of a Directory")
struct DirectoryImportTests {
    static let lines = """
        {"user":{"id":1,"email":"t@school.example","role":"instructor"}}
        {"user":{"id":10,"email":"a@school.example","first_name":"Awa"}}

        {"course":{"id":1,"title":"Networks","instructor_id":1}}
        {"enrollment":{"course_id":1,"user_id":10,"id":456}}
        """

    func post(_ hub: PlatformHub, _ lines: String, type: String = "application/x-ndjson") async throws
        -> PlatformHub.Answer
    {
        try await hub.send(.post, "/api/directory/import", token: hub.service(), body: lines, type: type)
    }

    func count(_ hub: PlatformHub, _ table: String) async throws -> Int64 {
        try await hub.database.read { try $0.first("SELECT count(*) AS n FROM \(table)")?.integer("n") ?? -1 }
    }

    @Test func `all lines are taken, and again without harm`() async throws {
        try await PlatformHub.run { hub in
            for _ in 1...2 {
                let answer = try await post(hub, Self.lines)
                #expect(answer.status == 200)
                #expect(answer.data == ["users": 2, "courses": 1, "enrollments": 1])
            }
            #expect(try await count(hub, "users") == 2)
            let enrollment = try await hub.database.read { try EnrollmentStore.find(course: 1, user: 10, in: $0) }
            #expect(enrollment?.id == 456)
            #expect(hub.signals.filter { $0 == .accessChanged(user: 10) }.count == 1)
        }
    }

    @Test func `lines that cannot be read refuse the whole, each by its number`() async throws {
        try await PlatformHub.run { hub in
            let answer = try await post(
                hub,
                Self.lines + """

                    {"user":{"id":11,"email":"nobody"}}
                    not json
                    {"person":{}}
                    {"enrollment":{"course_id":"1","user_id":10}}
                    {"user":{"id":12,"email":"x@y"},"user":{}}
                    """
            )
            #expect(answer.status == 400 && answer.code == "invalid_field")
            let errors = answer.json["errors"]?.arrayValue ?? []
            #expect(errors.compactMap { $0["line"]?.integerValue } == [6, 7, 8, 9, 10])
            #expect(
                errors.map { $0["field"]?.stringValue }
                    == ["user.email", nil, "line", "enrollment.course_id", "user"]
            )
            #expect(errors.allSatisfy { $0["message"]?.stringValue?.isEmpty == false })
            #expect(try await count(hub, "users") == 0)
        }
    }

    @Test func `lines that contradict the Directory refuse the whole, each by its number`() async throws {
        try await PlatformHub.run { hub in
            let answer = try await post(
                hub,
                Self.lines + """

                    {"user":{"id":11,"email":"A@School.example"}}
                    {"enrollment":{"course_id":2,"user_id":10}}
                    {"enrollment":{"course_id":1,"user_id":99}}
                    {"course":{"id":3,"title":"x","instructor_id":99}}
                    """
            )
            #expect(answer.status == 400)
            let errors = answer.json["errors"]?.arrayValue ?? []
            #expect(errors.compactMap { $0["line"]?.integerValue } == [6, 7, 8, 9])
            #expect(
                errors.compactMap { $0["field"]?.stringValue }
                    == ["email", "enrollment.course_id", "enrollment.user_id", "instructor_id"]
            )
            for table in ["users", "courses", "enrollments"] { #expect(try await count(hub, table) == 0) }
            #expect(hub.signals.isEmpty)
        }
    }

    @Test func `at most a hundred errors are told`() async throws {
        try await PlatformHub.run { hub in
            let answer = try await post(hub, String(repeating: "x\n", count: 150))
            #expect(answer.json["errors"]?.arrayValue?.count == 100)
        }
    }

    @Test func `other media types and other people are refused`() async throws {
        try await PlatformHub.run { hub in
            let csv = try await post(hub, "id,email", type: "text/csv")
            #expect(csv.status == 415 && csv.code == "unsupported_media_type")
            let student = try await hub.send(
                .post, "/api/directory/import", token: hub.token(7, .student), body: Self.lines,
                type: "application/x-ndjson"
            )
            #expect(student.status == 403)
        }
    }

    @Test func `five thousand people are imported in one transaction`() async throws {
        try await PlatformHub.run { hub in
            var lines =
                #"{"user":{"id":1,"email":"t@x"}}"# + "\n" + #"{"course":{"id":1,"title":"n","instructor_id":1}}"#
            for id in 2...5001 {
                lines += "\n" + #"{"user":{"id":\#(id),"email":"p\#(id)@x"}}"#
                lines += "\n" + #"{"enrollment":{"course_id":1,"user_id":\#(id)}}"#
            }
            let answer = try await post(hub, lines)
            #expect(answer.data == ["users": 5001, "courses": 1, "enrollments": 5000])
        }
    }
}
