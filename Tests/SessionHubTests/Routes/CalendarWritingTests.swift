import Database
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// POST, PUT and DELETE of the calendar's events, and plain dates by the zone of the course.
@Suite("Calendar: writing events", .timeLimit(.minutes(5)))
struct CalendarWritingTests {
    private static let exam: JSON = [
        "title": " Examen ", "description": "Salle 4", "event_type": "exam", "start_date": "2026-03-20T10:00:00+01:00",
        "end_date": "2026-03-20T11:00:00Z", "location": "Dakar", "is_online": true, "course_id": 1,
    ]

    @Test func `an event is made, changed field by field, shown and deleted`() async throws {
        try await Classroom.with { room in
            let made = try data(await room.post("/api/calendar/events", as: .assistant, Self.exam), status: 201)
            var event: JSONObject = [
                "id": .string("event-\(made.event)"), "event_id": .integer(made.event), "title": "Examen",
                "description": "Salle 4", "type": "event", "event_type": "exam",
                "start": "2026-03-20T09:00:00Z", "end": "2026-03-20T11:00:00Z", "start_date": "2026-03-20T09:00:00Z",
                "end_date": "2026-03-20T11:00:00Z", "is_all_day": false, "is_online": true, "is_public": false,
                "location": "Dakar", "course_id": 1, "course_title": "Réseaux",
                "course": ["id": 1, "title": "Réseaux", "slug": nil],
                "created_by": [
                    "id": 11, "first_name": "Jean", "last_name": "Nkurunziza", "role": "instructor",
                    "email": "person11@school.example",
                ],
                "created_at": "2026-03-15T09:00:00Z", "updated_at": "2026-03-15T09:00:00Z",
            ]
            #expect(made == .object(event))
            let path = "/api/calendar/events/\(made.event)"
            for (body, changes) in [
                (["title": "Oral"], ["title": "Oral"]), (["description": nil], ["description": nil]),
                (["end_date": nil], ["end": nil, "end_date": nil]), (["location": nil], ["location": nil]),
                (
                    ["start_date": "2026-03-21T09:00:00Z"],
                    ["start": "2026-03-21T09:00:00Z", "start_date": "2026-03-21T09:00:00Z"]
                ),
                (["is_online": false], ["is_online": false]),
                (["event_type": "quiz"], ["event_type": "quiz"]),
                (
                    ["is_all_day": true, "start_date": "2026-03-21", "end_date": "2026-03-22"],
                    [
                        "is_all_day": true, "start": "2026-03-21T00:00:00Z", "end": "2026-03-23T00:00:00Z",
                        "start_date": "2026-03-21", "end_date": "2026-03-22",
                    ]
                ),
            ] as [(JSON, JSONObject)] {
                for member in changes.members { event[member.name] = member.value }
                expectData(try await room.put(path, as: .teacher, body), .object(event))
            }
            var seen = event
            seen["created_by"] = event["created_by"]?.without("email")
            expectData(try await room.get("/api/calendar?start=2026-03-22&end=2026-03-22", as: .awa), [.object(seen)])
            expectData(try await room.get("/api/calendar?start=2026-03-23", as: .awa), [])
            expectData(try await room.delete(path, as: .teacher), nil)
            expectRefusal(try await room.delete(path, as: .teacher), 404, .eventNotFound)
            expectData(try await room.get("/api/calendar", as: .awa), [])
        }
    }

    @Test func `every field refuses what it cannot be, with its name`() async throws {
        try await Classroom.with { room in
            let made = try data(await room.post("/api/calendar/events", as: .admin, Self.exam), status: 201)
            let path = "/api/calendar/events/\(made.event)"
            for (field, values) in [
                ("title", [nil, "", 5, .string(String(repeating: "x", count: 256))]),
                ("start_date", [nil, "tomorrow", 5, "2026-03-20", "2026-03-20T10:00:00"]),
                ("end_date", ["never", "2026-03-20T09:00:00Z", "2026-03-20T08:00:00Z", "2026-03-21"]),
                ("event_type", ["live_session", 5]), ("is_all_day", ["yes"]), ("is_public", [1]), ("is_online", ["no"]),
                ("location", [5]), ("description", [[]]), ("course_id", ["1", 0]),
            ] as [(String, [JSON])] {
                for value in values {
                    var body = try #require(Self.exam.objectValue)
                    body[field] = value
                    let response = try await room.post("/api/calendar/events", as: .admin, .object(body))
                    expectRefusal(response, 400, .invalidField, field: field)
                    // Absent or null, what is required stays as it is.
                    guard value != .null else { continue }
                    let change = JSON.object(JSONObject([(field, value)]))
                    expectRefusal(try await room.put(path, as: .admin, change), 400, .invalidField, field: field)
                }
            }
            expectData(try await room.put(path, as: .admin, ["title": nil, "start_date": nil]), made)
            expectRefusal(
                try await room.put("/api/calendar/events/999", as: .admin, ["title": "x"]), 404, .eventNotFound)
            for (start, end, field) in [
                ("2026-03-20T10:00:00Z", "2026-03-21", "start_date"), ("2026-03-20", "2026-03-19", "end_date"),
                ("2026-03-20", "2026-03-21T10:00:00Z", "end_date"), ("0000-01-01", "0000-01-02", "start_date"),
                ("9999-12-29", "9999-12-30", "end_date"), ("9999-12-30", "9999-12-31", "start_date"),
            ] {
                let body: JSON = [
                    "title": "Congé", "is_all_day": true, "start_date": .string(start), "end_date": .string(end),
                ]
                expectRefusal(
                    try await room.post("/api/calendar/events", as: .admin, body), 400, .invalidField, field: field)
            }
        }
    }

    @Test func `hosts write in their courses; what everybody sees is for administrators and services`() async throws {
        try await Classroom.with { room in
            let day: JSONObject = ["title": "Congé", "is_all_day": true, "start_date": "2026-03-20"]
            func body(_ more: JSONObject) -> JSON {
                .object(JSONObject(day.members.map { ($0.name, $0.value) } + more.members.map { ($0.name, $0.value) }))
            }
            let path = "/api/calendar/events"
            expectRefusal(try await room.post(path, as: .teacher, body([:])), 403, .forbidden)
            expectRefusal(
                try await room.post(path, as: .teacher, body(["course_id": 1, "is_public": true])), 403, .forbidden)
            expectRefusal(try await room.post(path, as: .teacher, body(["course_id": 2])), 404, .courseNotFound)
            expectRefusal(try await room.post(path, as: .admin, body(["course_id": 99])), 404, .courseNotFound)
            let open = try data(await room.post(path, as: .admin, body(["is_public": true])), status: 201)
            let openPath = "\(path)/\(open.event)"
            expectRefusal(try await room.put(openPath, as: .teacher, ["title": "x"]), 403, .forbidden)
            let hidden = try data(await room.post(path, as: .admin, body([:])), status: 201)
            let hiddenPath = "\(path)/\(hidden.event)"
            expectRefusal(try await room.put(hiddenPath, as: .teacher, ["title": "x"]), 404, .eventNotFound)
            let own = try data(await room.post(path, as: .teacher, body(["course_id": 1])), status: 201)
            let ownPath = "\(path)/\(own.event)"
            expectRefusal(try await room.put(ownPath, as: .teacher, ["course_id": 2]), 404, .courseNotFound)
            expectRefusal(try await room.put(ownPath, as: .awa, ["title": "x"]), 403, .forbidden)
            let byService = try await room.client.send(
                "POST", path, token: room.serviceToken(), json: body(["course_id": 2]))
            #expect(try data(byService, status: 201)["created_by"] == .null)
        }
    }

    @Test(
        arguments: [
            ("Europe/Paris", "2026-03-29", 23), ("Europe/Paris", "2026-10-25", 25),
            ("Africa/Casablanca", "2026-02-15", 25), ("Africa/Cairo", "2026-04-24", 23),
        ]
            as [(String, String, Int64)])
    func `an all-day event has the hours of its day, and plain dates are days of the course`(
        zone: String, date: String, hours: Int64
    ) async throws {
        try await Classroom.with { room in
            _ = try data(await room.put("/api/courses/1", as: .admin, ["time_zone": .string(zone)]))
            let body: JSON = ["title": "Fête", "is_all_day": true, "start_date": .string(date), "course_id": 1]
            let event = try data(await room.post("/api/calendar/events", as: .teacher, body), status: 201)
            #expect(event["start_date"]?.stringValue == date)
            let start = try #require(event["start"]?.stringValue.flatMap { Timestamp($0) })
            let end = try #require(event["end"]?.stringValue.flatMap { Timestamp($0) })
            #expect(end - start == hours * Classroom.hour)
            // Classes that touch the day from both sides, and one in its last minute.
            for (title, at) in [
                ("before", start - Classroom.hour), ("last", end - Classroom.minute), ("after", end),
            ] {
                _ = try data(
                    await room.post(
                        "/api/courses/1/live-sessions", as: .teacher,
                        [
                            "title": .string(title), "scheduled_start_at": .string(at.text),
                            "scheduled_end_at": .string((at + Classroom.hour).text),
                        ]), status: 201)
            }
            let shown = try data(await room.get("/api/calendar?start=\(date)&end=\(date)", as: .awa)).arrayValue
            #expect(shown?.map { $0["title"] } == ["Fête", "last"])
            let student = try data(
                await room.get("/api/student/calendar/live-sessions?start_date=\(date)&end_date=\(date)", as: .awa))
            #expect(student.arrayValue?.map { $0["title"] } == ["last"])
        }
    }

    // Found from outside, no. 37: with another zone the event moved to the evening before.
    @Test func `an all-day event keeps its dates when its course gets another zone`() async throws {
        try await Classroom.with { room in
            let body: JSON = [
                "title": "Fête", "is_all_day": true, "start_date": "2026-03-28", "end_date": "2026-03-29",
                "course_id": 1,
            ]
            let event = try data(await room.post("/api/calendar/events", as: .teacher, body), status: 201)
            let id = try #require(event["event_id"]?.integerValue)
            let path = "/api/calendar/\(id)"
            for (zone, start, end) in [
                ("Pacific/Kiritimati", "2026-03-27T10:00:00Z", "2026-03-29T10:00:00Z"),
                ("Europe/Paris", "2026-03-27T23:00:00Z", "2026-03-29T22:00:00Z"),
                ("Etc/GMT+12", "2026-03-28T12:00:00Z", "2026-03-30T12:00:00Z"),
            ] {
                _ = try data(await room.put("/api/courses/1", as: .admin, ["time_zone": .string(zone)]))
                let shown = try data(await room.get(path, as: .awa))
                #expect(shown["start_date"] == "2026-03-28" && shown["end_date"] == "2026-03-29", "\(zone)")
                #expect(shown["start"] == .string(start) && shown["end"] == .string(end), "\(zone)")
                for (range, isIn) in [
                    ("start=2026-03-27&end=2026-03-27", false), ("start=2026-03-28&end=2026-03-28", true),
                    ("start=2026-03-29&end=2026-03-29", true), ("start=2026-03-30&end=2026-03-30", false),
                    ("start=\(end)", false), ("end=\(start)", false),
                    ("end=\((try #require(Timestamp(start)) + 1).text)", true),
                    ("start=\((try #require(Timestamp(end)) - 1).text)", true),
                ] {
                    let found = try data(await room.get("/api/calendar?\(range)", as: .awa)).arrayValue
                    #expect((found?.contains { $0["title"] == "Fête" } ?? false) == isIn, "\(zone) \(range)")
                }
                let changed = try data(await room.put("/api/calendar/events/\(id)", as: .teacher, ["location": "Lyon"]))
                #expect(changed["start_date"] == "2026-03-28" && changed["end_date"] == "2026-03-29", "\(zone)")
            }
        }
    }

    @Test func `all-day events of before are stored with their dates, once`() async throws {
        try await Classroom.with({ $0.timeZone = "America/New_York" }) { room in
            let database = room.application.database
            _ = try data(await room.put("/api/courses/1", as: .admin, ["time_zone": "Europe/Paris"]))
            var ids: [Int64] = []
            for course in [1, nil] as [JSON] {
                let body: JSON = ["title": "Fête", "is_all_day": true, "start_date": "2026-01-01", "course_id": course]
                let event = try data(await room.post("/api/calendar/events", as: .admin, body), status: 201)
                ids.append(try #require(event["event_id"]?.integerValue))
            }
            let (paris, newYork) = ("2026-03-27T23:00:00Z", "2026-03-28T04:00:00Z")
            for (id, start) in zip(ids, [paris, newYork]) {
                let moment = try #require(Timestamp(start))
                try await room.execute(
                    "UPDATE events SET start_date = $2, end_date = $2 WHERE id = $1",
                    [.integer(id), .timestamp(moment)]
                )
            }
            try await room.execute("DELETE FROM hub WHERE name = 'event_dates'", [])
            let zones = try #require(TimeZones(named: "America/New_York"))
            for _ in 1...2 {
                try await StoredDates.settle(database, zones)
                for (id, start) in zip(ids, [paris, newYork]) {
                    let shown = try data(await room.get("/api/calendar/event-\(id)", as: .admin))
                    #expect(shown["start_date"] == "2026-03-28" && shown["end_date"] == "2026-03-28")
                    #expect(shown["start"] == .string(start))
                }
            }
        }
    }

    @Test func `without a zone of the course the hub's counts`() async throws {
        try await Classroom.with({ $0.timeZone = "America/New_York" }) { room in
            // 2026-03-16T02:00Z: there it is the evening of 15 March, until midnight.
            let session = try await room.schedule(inMinutes: 17 * 60)
            #expect(
                try data(await room.get("/api/calendar?start=2026-03-15&end=2026-03-15", as: .awa)).sessions == [
                    session
                ])
            #expect(try data(await room.get("/api/calendar?start=2026-03-16", as: .awa)).sessions == [])
            _ = try data(await room.put("/api/courses/1", as: .admin, ["time_zone": "Africa/Dakar"]))
            #expect(try data(await room.get("/api/calendar?start=2026-03-16", as: .awa)).sessions == [session])
        }
    }

    @Test func `my courses: as what, and when each meets next`() async throws {
        try await Classroom.with { room in
            _ = try await room.schedule(inMinutes: 300, ["title": "later"])
            let next = try await room.schedule(inMinutes: 60, ["title": "next"])
            let mine = try data(await room.get("/api/me/courses", as: .awa)).arrayValue
            #expect(
                mine == [
                    [
                        "id": 1, "title": "Réseaux", "description": nil, "course_type": "live",
                        "course_start_date": nil,
                        "course_end_date": nil, "time_zone": nil, "role": "participant",
                        "instructor": Someone.teacher.json, "enrollment_id": 501, "enrollment_status": "enrolled",
                        "next_session": [
                            "id": .integer(next), "title": "next", "status": "scheduled",
                            "scheduled_start_at": "2026-03-15T10:00:00Z", "scheduled_end_at": "2026-03-15T12:00:00Z",
                        ],
                    ]
                ])
            let running = try await room.live(["title": "running"])
            for (person, role) in [(Someone.teacher, "instructor"), (.assistant, "moderator")] {
                let courses = try data(await room.get("/api/me/courses", as: person)).arrayValue ?? []
                #expect(courses.map { $0["role"] } == [.string(role)])
                #expect(courses.first?["next_session"]?["id"] == .integer(running))
            }
            for person in [Someone.former, .outsider, .admin] {
                #expect(try data(await room.get("/api/me/courses", as: person)) == [], "\(person)")
            }
            let other = try data(await room.get("/api/me/courses", as: .otherTeacher)).arrayValue
            #expect(other?.first?["next_session"] == .null)
        }
    }
}
