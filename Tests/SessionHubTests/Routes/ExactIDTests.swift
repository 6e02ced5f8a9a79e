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

    @Test func `the last day of an event is the last that every zone can write, with the day after it`() async throws {
        try await Classroom.with { room in
            var event: JSONObject = ["title": "x", "is_all_day": true, "course_id": 1, "start_date": "9999-12-30"]
            expectRefusal(
                try await room.post("/api/calendar/events", as: .teacher, .object(event)), 400, .invalidField,
                field: "start_date")
            event["start_date"] = "9999-12-28"
            event["end_date"] = "9999-12-30"
            expectRefusal(
                try await room.post("/api/calendar/events", as: .teacher, .object(event)), 400, .invalidField,
                field: "end_date")
            event["end_date"] = "9999-12-29"
            let made = try data(await room.post("/api/calendar/events", as: .teacher, .object(event)), status: 201)
            #expect(made["end"] == "9999-12-30T00:00:00Z")
        }
    }
}
