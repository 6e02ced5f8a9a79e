import Database
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// The three calendars.
@Suite("The three calendars over REST", .timeLimit(.minutes(5)))
struct ThreeCalendarsTests {
    /// An event of the platform.
    private struct Event: Sendable {
        var title: String
        var start: String
        var end: String?
        var type = "exam"
        var isAllDay = false
        var isPublic = false
        var course: Int64?
        var creator = Someone.admin
    }

    private static func add(_ event: Event, _ room: Classroom) async throws {
        let start = try #require(Timestamp(event.start))
        let end = event.end.flatMap { Timestamp($0) }
        try await room.execute(
            """
            INSERT INTO events (title, event_type, start_date, end_date, is_all_day, is_public, course_id, created_by,
                created_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $3, $3)
            """,
            [
                .text(event.title), .text(event.type), .timestamp(start), .timestamp(end), .bool(event.isAllDay),
                .bool(event.isPublic), .optional(event.course), .integer(event.creator.id),
            ]
        )
    }

    private static func titles(_ room: Classroom, _ path: String, _ person: Someone) async throws -> [String] {
        let items = try data(await room.get(path, as: person)).arrayValue ?? []
        return items.compactMap { $0["title"]?.stringValue }
    }

    /// As a student sees it in the calendar of this kind.
    private static func item(_ session: Int64, _ room: Classroom, id: JSON) -> JSON {
        [
            "id": id, "session_id": .integer(session), "title": "Séance", "description": nil, "type": "live_session",
            "event_type": "live_session", "status": "scheduled", "start": "2026-03-15T10:00:00Z",
            "end": "2026-03-15T12:00:00Z", "start_date": "2026-03-15T10:00:00Z", "end_date": "2026-03-15T12:00:00Z",
            "is_all_day": false, "is_online": true, "is_public": false, "location": nil, "course_id": 1,
            "course_title": "Réseaux", "course": ["id": 1, "title": "Réseaux", "slug": nil],
            "instructor": Someone.teacher.json, "url": .string("http://127.0.0.1:\(room.port)/class/\(session)"),
            "created_at": "2026-03-15T09:00:00Z", "updated_at": "2026-03-15T09:00:00Z",
        ]
    }

    @Test func `a session stands in all three calendars with its page's address`() async throws {
        try await Classroom.with { room in
            let session = try await room.schedule()
            for path in [
                "/api/student/calendar/live-sessions?start_date=2026-03-01&end_date=2026-03-31",
                "/api/calendar/events?start=2026-03-01&end=2026-03-31", "/api/calendar?start=2026-03-01&end=2026-03-31",
                "/api/calendar", "/api/calendar/events?start=2026-03-15", "/api/calendar/events?end=2026-03-15",
            ] {
                let id: JSON = path.contains("student") ? .integer(session) : .string("live-session-\(session)")
                expectData(try await room.get(path, as: .awa), [Self.item(session, room, id: id)])
            }
        }
    }

    @Test func `addresses start with the public one when it is known`() async throws {
        try await Classroom.with({ $0.publicURL = "https://live.school.example/hub/" }) { room in
            let session = try await room.live()
            let item = try data(await room.get("/api/calendar", as: .awa)).arrayValue?.first
            #expect(item?["url"] == .string("https://live.school.example/hub/class/\(session)"))
            #expect(
                try await room.join(session, .awa)["channel_url"]
                    == .string("wss://live.school.example/hub/api/live-sessions/\(session)/channel")
            )
        }
    }

    @Test func `events and sessions are merged and sorted by their start`() async throws {
        try await Classroom.with { room in
            _ = try await room.schedule(["title": "class at 10"])
            try await Self.add(Event(title: "exam at 10", start: "2026-03-15T10:00:00Z", course: 1), room)
            try await Self.add(Event(title: "exam at 9", start: "2026-03-15T09:00:00Z", course: 1), room)
            try await Self.add(
                Event(title: "party at 11", start: "2026-03-15T11:00:00Z", type: "party", course: 1), room)
            let all = ["exam at 9", "exam at 10", "class at 10", "party at 11"]
            #expect(try await Self.titles(room, "/api/calendar", .awa) == all)
            #expect(try await Self.titles(room, "/api/calendar?type=exam", .awa) == ["exam at 9", "exam at 10"])
            #expect(try await Self.titles(room, "/api/calendar?type=live_session", .awa) == ["class at 10"])
            #expect(try await Self.titles(room, "/api/calendar?type=", .awa) == all)
            #expect(try await Self.titles(room, "/api/calendar?type=none", .awa) == [])
        }
    }

    @Test func `an event has the platform's columns`() async throws {
        try await Classroom.with { room in
            try await Self.add(
                Event(title: "Examen", start: "2026-03-15T10:00:00Z", end: "2026-03-15T11:00:00Z", course: 1), room
            )
            expectData(
                try await room.get("/api/calendar/events", as: .awa),
                [
                    [
                        "id": "event-1", "event_id": 1, "title": "Examen", "description": nil, "type": "event",
                        "event_type": "exam",
                        "start": "2026-03-15T10:00:00Z", "end": "2026-03-15T11:00:00Z",
                        "start_date": "2026-03-15T10:00:00Z", "end_date": "2026-03-15T11:00:00Z", "is_all_day": false,
                        "is_online": false, "is_public": false, "location": nil, "course_id": 1,
                        "course_title": "Réseaux", "course": ["id": 1, "title": "Réseaux", "slug": nil],
                        "created_by": ["id": 1, "first_name": "Ama", "last_name": "Mensah", "role": "admin"],
                        "created_at": "2026-03-15T10:00:00Z", "updated_at": "2026-03-15T10:00:00Z",
                    ]
                ]
            )
        }
    }

    @Test func `one sees public events, one's own, and those of one's courses`() async throws {
        try await Classroom.with { room in
            try await Self.add(Event(title: "course 1", start: "2026-03-15T10:00:00Z", course: 1), room)
            try await Self.add(Event(title: "course 2", start: "2026-03-15T10:01:00Z", course: 2), room)
            try await Self.add(Event(title: "public", start: "2026-03-15T10:02:00Z", isPublic: true), room)
            try await Self.add(Event(title: "Awa's", start: "2026-03-15T10:03:00Z", creator: .awa), room)
            for (person, titles) in [
                (Someone.awa, ["course 1", "public", "Awa's"]), (.koffi, ["course 1", "public"]), (.former, ["public"]),
                (.outsider, ["public"]), (.teacher, ["course 1", "public"]), (.assistant, ["course 1", "public"]),
                (.otherTeacher, ["course 2", "public"]), (.admin, ["course 1", "course 2", "public", "Awa's"]),
            ] {
                #expect(try await Self.titles(room, "/api/calendar", person) == titles, "\(person)")
            }
        }
    }

    @Test func `one sees the sessions of one's courses and those that one gives`() async throws {
        try await Classroom.with { room in
            _ = try await room.schedule(["title": "1"])
            _ = try await room.schedule(inMinutes: 90, by: .otherTeacher, course: 2, ["title": "2"])
            for (person, titles) in [
                (Someone.awa, ["1"]), (.former, []), (.outsider, []), (.teacher, ["1"]), (.assistant, ["1"]),
                (.otherTeacher, ["2"]), (.admin, ["1", "2"]),
            ] {
                #expect(try await Self.titles(room, "/api/calendar/events", person) == titles, "\(person)")
            }
            let path = "/api/student/calendar/live-sessions"
            #expect(try await Self.titles(room, path, .awa) == ["1"])
            for person in [Someone.former, .outsider, .teacher, .admin] {
                #expect(try await Self.titles(room, path, person) == [], "\(person)")
            }
        }
    }

    @Test func `upcoming leaves out what is over or called off, and keeps what runs`() async throws {
        try await Classroom.with { room in
            _ = try await room.schedule(["title": "ahead"])
            let running = try await room.live(["title": "running"])
            _ = try await room.ended(["title": "over"])
            _ = try await room.cancelled()
            try await Self.add(Event(title: "gone", start: "2026-03-15T08:00:00Z", isPublic: true), room)
            try await Self.add(
                Event(title: "going on", start: "2026-03-15T08:30:00Z", end: "2026-03-15T09:30:00Z", isPublic: true),
                room
            )
            try await Self.add(
                Event(title: "today", start: "2026-03-15T00:00:00Z", isAllDay: true, isPublic: true), room
            )
            #expect(
                try await Self.titles(room, "/api/calendar?upcoming=true", .awa)
                    == ["today", "going on", "running", "ahead"]
            )
            room.clock.advance(seconds: 12 * 3600)
            #expect(try await Self.titles(room, "/api/calendar?upcoming=true", .awa) == ["today", "running"])
            try await room.end(running)
        }
    }

    /// A class from 10:00 to 12:00 on 15 March: in which ranges it stands.
    private static let ranges: [(String, Bool)] = [
        ("start=2026-03-15T11:00:00Z&end=2026-03-15T11:30:00Z", true), ("start=2026-03-15&end=2026-03-15", true),
        ("start=2026-03-14&end=2026-03-14", false), ("start=2026-03-16", false), ("end=2026-03-14", false),
        ("start=2026-03-15T12:00:00Z", false), ("start=2026-03-15T11:59:59.999Z", true),
        ("end=2026-03-15T10:00:00Z", false), ("end=2026-03-15T10:00:00.001Z", true),
        ("start=2026-03-15T12:30:00%2B01:00", true), ("start=2026-03-15T12:30:00+01:00", true),
        ("start=2026-03-15T13:00:00%2B01:00", false),
    ]

    @Test func `a range takes what overlaps it, with plain dates and with times of any zone`() async throws {
        try await Classroom.with { room in
            let session = try await room.schedule()
            for (range, isIn) in Self.ranges {
                let student = range.replacing("start=", with: "start_date=").replacing("end=", with: "end_date=")
                for path in ["/api/calendar/events?\(range)", "/api/student/calendar/live-sessions?\(student)"] {
                    #expect(try data(await room.get(path, as: .awa)).sessions == (isIn ? [session] : []), "\(path)")
                }
            }
        }
    }

    @Test(arguments: [
        ("start=tomorrow", "start"), ("start=2026-03-15T10:00:00", "start"), ("end=2026-02-30", "end"),
        ("start=2026-03-16&end=2026-03-14", "end"), ("start=2026-03-15T10:00:00Z&end=2026-03-15T10:00:00Z", "end"),
        ("start_date=15/03/2026", "start_date"), ("start_date=2026-03-16&end_date=2026-03-14", "end_date"),
    ])
    func `a range that cannot be used is refused with its field`(query: String, field: String) async throws {
        try await Classroom.with { room in
            for path in ["/api/calendar", "/api/calendar/events", "/api/student/calendar/live-sessions"] {
                expectRefusal(try await room.get("\(path)?\(query)", as: .awa), 400, .invalidField, field: field)
            }
        }
    }
}
