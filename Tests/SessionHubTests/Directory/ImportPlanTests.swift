import Dispatch
import HTTPTypes
import StrictJSON
import Synchronization
import TestSupport
import Testing

@testable import Database
@testable import SessionHub

@Suite("Import: lines against the Directory")
struct ImportPlanTests {
    static let lines = """
        {"user":{"id":1,"email":"t@school.example","role":"instructor"}}
        {"user":{"id":10,"email":"a@school.example","first_name":"Awa"}}

        {"course":{"id":1,"title":"Networks","instructor_id":1}}
        {"enrollment":{"course_id":1,"user_id":10,"id":456}}
        """

    func post(_ hub: Classroom, _ lines: String, type: String = "application/x-ndjson") async throws
        -> TestResponse
    {
        try await hub.send(.post, "/api/directory/import", token: hub.serviceToken(), body: lines, type: type)
    }

    func count(_ hub: Classroom, _ table: String) async throws -> Int64 {
        try await hub.application.database.read {
            try $0.first("SELECT count(*) AS n FROM \(table)")?.integer("n") ?? -1
        }
    }

    @Test func `all lines are taken, and again without harm`() async throws {
        try await Classroom.quiet(isEmpty: true) { hub in
            for created in [4, 0] as [Int64] {
                let answer = try await post(hub, Self.lines)
                #expect(answer.status == 200)
                let expected = importAnswer(
                    lines: 4, users: 2, courses: 1, enrollments: 1, created: created, unchanged: 4 - created
                )
                #expect(answer.data == expected)
            }
            #expect(try await count(hub, "users") == 2)
            let enrollment = try await hub.application.database.read {
                try EnrollmentStore.find(course: 1, user: 10, in: $0)
            }
            #expect(enrollment?.id == 456)
            #expect(hub.published.signals == [.accessChanged(users: [1, 10])], "the second time nothing changes")
        }
    }

    @Test func `lines that cannot be read refuse the whole, each by its number`() async throws {
        try await Classroom.quiet(isEmpty: true) { hub in
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
        try await Classroom.quiet(isEmpty: true) { hub in
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
            #expect(hub.published.signals.isEmpty)
        }
    }

    @Test func `at most two hundred errors are told, and all are counted`() async throws {
        try await Classroom.quiet(isEmpty: true) { hub in
            let answer = try await post(hub, String(repeating: "x\n", count: 350))
            #expect(answer.json["errors"]?.arrayValue?.count == 200 && answer.json["error_count"] == 350)
        }
    }

    @Test func `other media types and other people are refused`() async throws {
        try await Classroom.quiet(isEmpty: true) { hub in
            let text = try await post(hub, "id,email", type: "text/plain")
            #expect(text.status == 415 && text.code == "unsupported_media_type")
            let student = try await hub.send(
                .post, "/api/directory/import", token: hub.token(7, .student), body: Self.lines,
                type: "application/x-ndjson"
            )
            #expect(student.status == 403)
        }
    }

    @Test func `errors read as lines in a terminal`() async throws {
        try await Classroom.quiet(isEmpty: true) { hub in
            let answer = try await post(hub, #"{"user":{"id":0}}"#)
            let sentences = ImportReport.sentences(of: answer.json["errors"]?.arrayValue ?? [])
            #expect(sentences == ["line 1, user.id: id must be at least 1."])
        }
    }

    @Test func `five thousand people and their memberships are imported, and end together`() async throws {
        try await Classroom.quiet(isEmpty: true) { hub in
            let teacher =
                #"{"user":{"id":1,"email":"t@x","role":"instructor"}}"# + "\n"
                + #"{"course":{"id":1,"title":"n","instructor_id":1}}"#
            func lines(isActive: Bool) -> String {
                (2...5001).reduce(into: teacher) { lines, id in
                    lines += "\n" + #"{"user":{"id":\#(id),"email":"p\#(id)@x"}}"#
                    lines += "\n" + #"{"enrollment":{"course_id":1,"user_id":\#(id),"is_active":\#(isActive)}}"#
                }
            }
            let first = try await post(hub, lines(isActive: true))
            #expect(
                first.data
                    == importAnswer(lines: 10_002, users: 5001, courses: 1, enrollments: 5000, created: 10_002))
            let second = try await post(hub, lines(isActive: false))
            #expect(
                second.data
                    == importAnswer(
                        lines: 10_002, users: 5001, courses: 1, enrollments: 5000, updated: 5000, unchanged: 5002))
            // One signal for all of them.
            #expect(hub.published.signals.last == .accessChanged(users: Set(2...5001)))
            #expect(hub.published.signals.count == 2)
        }
    }

    @Test(arguments: ["Ama", "Awa"])
    func `a plan that the Directory has overtaken is made anew`(name: String) async throws {
        try await Classroom.quiet(isEmpty: true) { hub in
            _ = try await post(hub, Self.lines)
            var plan = ImportPlan(force: false, now: Classroom.ten, language: .english)
            var reader = ImportReader(Array(#"{"user":{"id":10,"first_name":"\#(name)"}}"#.utf8), as: .ndjson)
            let lines = reader.next(10)
            let facts = try await hub.application.database.read {
                try ImportFacts.load(for: lines, counted: [], in: $0)
            }
            plan.take(lines, facts)
            let rows = Array(ImportStage.rows(of: plan, firstID: 0))
            let isWritten = try await hub.application.journal.write { transaction in
                try ImportStage.add(rows, in: transaction.connection)
                // Somebody else's change, after the plan.
                try transaction.connection.execute(
                    "UPDATE users SET last_name = 'Fall', updated_at = 1 WHERE id = 10", [])
                return try ImportStage.apply(force: false, changing: [], in: transaction)
            }
            #expect(!isWritten)
            let user = try await hub.application.database.read { try UserStore.find(10, in: $0) }
            #expect(user?.firstName == "Awa" && user?.lastName == "Fall")
        }
    }
}
