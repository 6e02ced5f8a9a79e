import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// Ids that browsers could not tell apart are taken at no door; those of the command line are in `CommandLineTests` and
/// `ImportSeedTests`.
@Suite("Ids beyond 2^53 - 1", .timeLimit(.minutes(2)))
struct ExactIDTests {
    private static let (largest, beyond) = ("9007199254740991", "9007199254740992")

    // Found from outside, no. 14
    @Test func `what no program reads back exactly is refused by name`() async throws {
        try await Classroom.with { room in
            let person: JSON = ["email": "late@school.example"]
            expectRefusal(
                try await room.put("/api/users/\(Self.beyond)", as: .admin, person), 400, .invalidField, field: "id")
            expectRefusal(
                try await room.put(
                    "/api/courses/\(Self.beyond)", as: .admin, ["title": "Optique", "instructor_id": 10]),
                400, .invalidField, field: "id")
            _ = try data(await room.put("/api/users/\(Self.largest)", as: .admin, person), status: 201)
            for line in [
                #"{"user":{"id":\#(Self.beyond),"email":"x@school.example"}}"#,
                #"{"course":{"id":\#(Self.beyond),"title":"Optique","instructor_id":10}}"#,
                #"{"enrollment":{"course_id":1,"user_id":\#(Self.beyond)}}"#,
            ] {
                let answer = try await room.importLines(line)
                #expect(answer.status == 400 && answer.json["errors"]?.arrayValue?.count == 1, "\(line)")
            }
            let token = try room.application.tokens.mint(
                userID: 9_007_199_254_740_992, email: "y@school.example", role: .student,
                issuedAt: room.nowSeconds, expiresAt: room.nowSeconds + 60
            )
            let answer = try await room.client.send("GET", "/api/auth/me", token: token)
            #expect(answer.status == 401 && answer.json["code"] == "unauthenticated")
        }
    }

    @Test func `an event of the last day of the last year is refused, the day before is the last`() async throws {
        try await Classroom.with { room in
            let event: JSONObject = ["title": "x", "is_all_day": true, "course_id": 1]
            var late = event
            late["start_date"] = "9999-12-31"
            expectRefusal(
                try await room.post("/api/calendar/events", as: .teacher, .object(late)), 400, .invalidField,
                field: "start_date")
            late["start_date"] = "9999-12-29"
            late["end_date"] = "9999-12-31"
            expectRefusal(
                try await room.post("/api/calendar/events", as: .teacher, .object(late)), 400, .invalidField,
                field: "end_date")
            late["end_date"] = "9999-12-30"
            let made = try data(await room.post("/api/calendar/events", as: .teacher, .object(late)), status: 201)
            #expect(made["end"] == "9999-12-31T00:00:00Z")
        }
    }
}
