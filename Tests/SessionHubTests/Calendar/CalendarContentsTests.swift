import Database
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

@Suite("What a calendar holds, and for whom")
struct CalendarContentsTests {
    private func addEvent(
        _ title: String, type: String = "exam", start: Timestamp, end: Timestamp? = nil, isAllDay: Bool = false,
        isPublic: Bool = false, course: Int64? = nil, by user: Someone = .admin, _ hub: Classroom
    ) async throws {
        _ = try await hub.write { transaction in
            try transaction.connection.execute(
                """
                INSERT INTO events (title, event_type, start_date, end_date, is_all_day, is_public, course_id, created_by,
                    created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0)
                """,
                [
                    .text(title), .text(type), .timestamp(start), .timestamp(end), .bool(isAllDay), .bool(isPublic),
                    .optional(course), .integer(user.id),
                ]
            )
        }
    }

    private func titles(_ target: String, _ user: Someone, _ hub: Classroom) async throws -> [String]? {
        try await hub.get(target, as: user).data.arrayValue?.compactMap { $0["title"]?.stringValue }
    }

    @Test func `seed defects 24 and 26: events and classes are merged, sorted, and found by overlap`() async throws {
        try await Classroom.quiet { hub in
            _ = try await hub.plan("over midnight", from: Classroom.ten - 36_000_000 - 3_600_000)
            _ = try await hub.plan("Waves")
            _ = try await hub.plan("next week", from: Classroom.ten + 7 * 86_400_000)
            try await addEvent("Exam", start: Classroom.ten - 3_600_000, course: 1, hub)
            try await addEvent(
                "Holiday", type: "holiday", start: Classroom.ten - 36_000_000, isAllDay: true, isPublic: true, hub
            )
            for path in ["/api/calendar/events", "/api/calendar"] {
                #expect(
                    try await titles("\(path)?start=2026-03-15&end=2026-03-15", .awa, hub)
                        == ["over midnight", "Holiday", "Exam", "Waves"]
                )
            }
            #expect(
                try await titles("/api/calendar?start=2026-03-15&end=2026-03-15&type=live_session", .teacher, hub)
                    == ["over midnight", "Waves"]
            )
            #expect(try await titles("/api/calendar?type=exam", .awa, hub) == ["Exam"])
            #expect(
                try await titles("/api/calendar?upcoming=true", .awa, hub) == ["Holiday", "Waves", "next week"])
        }
    }

    @Test func `events are seen by those whom they concern`() async throws {
        try await Classroom.quiet { hub in
            try await addEvent("everybody", start: Classroom.ten, isPublic: true, hub)
            try await addEvent("physics", start: Classroom.ten, course: 1, hub)
            try await addEvent("poetry", start: Classroom.ten, course: 2, hub)
            try await addEvent("own", start: Classroom.ten, by: .outsider, hub)
            // Found from outside: whoever made an event of a course read it for ever.
            try await addEvent("made", start: Classroom.ten, course: 2, by: .outsider, hub)
            _ = try await hub.plan("Waves", from: Classroom.ten + 1000)
            func seen(_ user: Someone) async throws -> [String]? { try await titles("/api/calendar", user, hub) }
            #expect(try await seen(.awa) == ["everybody", "physics", "Waves"])
            #expect(try await seen(.teacher) == ["everybody", "physics", "Waves"])
            #expect(try await seen(.assistant) == ["everybody", "physics", "Waves"])
            #expect(try await seen(.outsider) == ["everybody", "own"])
            #expect(try await seen(.former) == ["everybody"])
            #expect(try await seen(.admin) == ["everybody", "physics", "poetry", "own", "made", "Waves"])
        }
    }

    @Test func `a student's calendar shows the classes with their page`() async throws {
        try await Classroom.quiet { hub in
            let id = try await hub.plan()
            let path = "/api/student/calendar/live-sessions"
            let answer = try await hub.get("\(path)?start_date=2026-03-15&end_date=2026-03-15", as: .awa)
            let item = try #require(answer.data.arrayValue?.first?.objectValue)
            let shown = ["id", "title", "course_title", "start", "end", "type", "url", "status"]
            #expect(
                JSON.object(JSONObject(shown.map { ($0, item[$0] ?? .null) })) == [
                    "id": .integer(id), "title": "Waves", "course_title": "Réseaux", "start": "2026-03-15T10:00:00Z",
                    "end": "2026-03-15T12:00:00Z", "type": "live_session",
                    "url": .string("https://hub.example.org/class/\(id)"), "status": "scheduled",
                ]
            )
            #expect(try await titles("\(path)?start_date=2026-03-16", .awa, hub) == [])
            #expect(try await titles(path, .teacher, hub) == [])
            #expect(try await hub.get("\(path)?start_date=never", as: .awa).json["field"] == "start_date")
        }
    }
}
