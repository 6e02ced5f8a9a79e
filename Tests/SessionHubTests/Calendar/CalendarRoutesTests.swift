import Database
import StrictJSON
import Testing

@testable import SessionHub

@Suite("Calendar routes")
struct CalendarRoutesTests {
    private func addEvent(
        _ title: String, type: String = "exam", start: Timestamp, end: Timestamp? = nil, isAllDay: Bool = false,
        isPublic: Bool = false, course: Int64? = nil, by user: Int64 = ClassHub.admin, _ hub: ClassHub
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
                    .optional(course), .integer(user),
                ]
            )
        }
    }

    private func titles(_ target: String, _ user: Int64, _ hub: ClassHub) async -> [String]? {
        await hub.get(target, as: user).data.arrayValue?.compactMap { $0["title"]?.stringValue }
    }

    @Test func `seed defects 24 and 26: events and classes are merged, sorted, and found by overlap`() async throws {
        try await ClassHub.run { hub in
            let eve = ClassHub.ten - 43_200_000
            _ = try await hub.schedule("over midnight", from: ClassHub.ten - 36_000_000 - 3_600_000)
            _ = try await hub.schedule("Waves")
            _ = try await hub.schedule("next week", from: ClassHub.ten + 7 * 86_400_000)
            try await addEvent("Exam", start: ClassHub.ten - 3_600_000, course: 1, hub)
            try await addEvent(
                "Holiday", type: "holiday", start: eve - 7_200_000, isAllDay: true, isPublic: true, hub
            )
            for path in ["/api/calendar/events", "/api/calendar"] {
                #expect(
                    await titles("\(path)?start=2026-03-15&end=2026-03-15", ClassHub.awa, hub)
                        == ["Holiday", "over midnight", "Exam", "Waves"]
                )
            }
            #expect(
                await titles("/api/calendar?start=2026-03-15&end=2026-03-15&type=live_session", ClassHub.teacher, hub)
                    == ["over midnight", "Waves"]
            )
            #expect(await titles("/api/calendar?type=exam", ClassHub.awa, hub) == ["Exam"])
            #expect(
                await titles("/api/calendar?upcoming=true", ClassHub.awa, hub) == ["Holiday", "Waves", "next week"])
        }
    }

    @Test func `events are seen by those whom they concern`() async throws {
        try await ClassHub.run { hub in
            try await addEvent("everybody", start: ClassHub.ten, isPublic: true, hub)
            try await addEvent("physics", start: ClassHub.ten, course: 1, hub)
            try await addEvent("poetry", start: ClassHub.ten, course: 2, hub)
            try await addEvent("own", start: ClassHub.ten, by: ClassHub.outsider, hub)
            _ = try await hub.schedule("Waves", from: ClassHub.ten + 1000)
            func seen(_ user: Int64) async -> [String]? { await titles("/api/calendar", user, hub) }
            #expect(await seen(ClassHub.awa) == ["everybody", "physics", "Waves"])
            #expect(await seen(ClassHub.teacher) == ["everybody", "physics", "Waves"])
            #expect(await seen(ClassHub.assistant) == ["everybody", "physics", "Waves"])
            #expect(await seen(ClassHub.outsider) == ["everybody", "own"])
            #expect(await seen(ClassHub.lapsed) == ["everybody"])
            #expect(await seen(ClassHub.admin) == ["everybody", "physics", "poetry", "own", "Waves"])
        }
    }

    @Test func `a student's calendar shows the classes with their page`() async throws {
        try await ClassHub.run { hub in
            let id = try await hub.schedule()
            let path = "/api/student/calendar/live-sessions"
            let answer = await hub.get("\(path)?start_date=2026-03-15&end_date=2026-03-15", as: ClassHub.awa)
            let item = try #require(answer.data.arrayValue?.first?.objectValue)
            let shown = ["id", "title", "course_title", "start", "end", "type", "url", "status"]
            #expect(
                JSON.object(JSONObject(shown.map { ($0, item[$0] ?? .null) })) == [
                    "id": .integer(id), "title": "Waves", "course_title": "Physics", "start": "2026-03-15T10:00:00Z",
                    "end": "2026-03-15T12:00:00Z", "type": "live_session",
                    "url": .string("https://hub.example.org/class/\(id)"), "status": "scheduled",
                ]
            )
            #expect(await titles("\(path)?start_date=2026-03-16", ClassHub.awa, hub) == [])
            #expect(await titles(path, ClassHub.teacher, hub) == [])
            #expect(await hub.get("\(path)?start_date=never", as: ClassHub.awa).json?["field"] == "start_date")
        }
    }
}
