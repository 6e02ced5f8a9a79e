import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// One entry of the calendar, by each of its names.
@Suite("Calendar: one entry", .timeLimit(.minutes(5)))
struct CalendarEntryTests {
    private static let exam: JSON = ["title": "Examen", "start_date": "2026-03-20T09:00:00Z", "course_id": 1]

    private static func add(_ room: Classroom, _ more: JSONObject = [:]) async throws -> Int64 {
        var body = try #require(exam.objectValue)
        for member in more.members { body[member.name] = member.value }
        return try data(await room.post("/api/calendar/events", as: .admin, .object(body)), status: 201).event
    }

    // Found from outside, no. 22 and 23
    @Test func `ids of the two kinds never meet, and each is found by it`() async throws {
        try await Classroom.with { room in
            let (session, event) = (try await room.schedule(), try await Self.add(room))
            #expect(session == event, "the same number for both")
            let list = try data(await room.get("/api/calendar", as: .awa)).arrayValue ?? []
            #expect(list.map { $0["id"] } == [.string("live-session-\(session)"), .string("event-\(event)")])
            #expect(list.map { $0["type"] } == ["live_session", "event"])
            for item in list {
                for path in ["/api/calendar", "/api/calendar/events"] {
                    let id = item["id"]?.stringValue ?? ""
                    expectData(try await room.get("\(path)/\(id)", as: .awa), item)
                }
            }
        }
    }

    // Found from outside, no. 22
    @Test func `a number alone is an event's, else a live session's`() async throws {
        try await Classroom.with { room in
            _ = try await room.schedule()
            let (session, event) = (try await room.schedule(), try await Self.add(room))
            for path in ["/api/calendar", "/api/calendar/events"] {
                #expect(try data(await room.get("\(path)/\(event)", as: .awa))["id"] == .string("event-\(event)"))
                let other = try data(await room.get("\(path)/\(session)", as: .awa))
                #expect(other["id"] == .string("live-session-\(session)") && other["session_id"] == .integer(session))
                for name in ["999", "event-999", "live-session-999"] {
                    #expect(try await room.get("\(path)/\(name)", as: .awa).status == 404, "\(name)")
                }
                for name in ["0", "-1", "event-", "event-x", "event-0", "live-session--1", "Event-1", "1.0"] {
                    expectRefusal(try await room.get("\(path)/\(name)", as: .awa), 404, .notFound)
                }
            }
        }
    }

    // Found from outside, no. 22
    @Test func `an outsider learns of nothing by any name`() async throws {
        try await Classroom.with { room in
            let (session, event) = (try await room.schedule(), try await Self.add(room))
            let open = try await Self.add(room, ["is_public": true, "course_id": nil])
            for person in [Someone.outsider, .former, .otherTeacher] {
                for name in ["event-\(event)", "live-session-\(session)", "\(event)"] {
                    #expect(try await room.get("/api/calendar/\(name)", as: person).status == 404, "\(person) \(name)")
                }
                #expect(try data(await room.get("/api/calendar/event-\(open)", as: person)).event == open)
            }
        }
    }

    // Found from outside, no. 23
    @Test func `an event is changed and deleted by both of its names, and a session by neither`() async throws {
        try await Classroom.with { room in
            let (session, event) = (try await room.schedule(), try await Self.add(room))
            let path = "/api/calendar/events"
            for name in ["\(event)", "event-\(event)"] {
                let changed = try await room.put("\(path)/\(name)", as: .teacher, ["title": .string("by \(name)")])
                #expect(try data(changed)["title"] == .string("by \(name)"))
            }
            let wrong = "\(path)/live-session-\(session)"
            expectRefusal(try await room.put(wrong, as: .teacher, ["title": "x"]), 404, .eventNotFound)
            expectRefusal(try await room.delete(wrong, as: .teacher), 404, .eventNotFound)
            expectRefusal(try await room.delete("\(path)/event-x", as: .teacher), 404, .notFound)
            expectData(try await room.delete("\(path)/event-\(event)", as: .teacher), nil)
            expectRefusal(try await room.get("\(path)/\(event + 1)", as: .teacher), 404, .eventNotFound)
            let next = try await Self.add(room)
            expectData(try await room.delete("\(path)/\(next)", as: .teacher), nil)
        }
    }

    // Found from outside, no. 23
    @Test func `rows have the seed's course and people, with addresses for hosts only`() async throws {
        try await Classroom.with { room in
            _ = try data(await room.put("/api/courses/1", as: .admin, ["slug": "reseaux"]))
            let (session, event) = (try await room.schedule(), try await Self.add(room))
            room.clock.advance(seconds: 60)
            _ = try data(await room.put("/api/calendar/events/\(event)", as: .teacher, ["title": "Oral"]))
            let bare = try await Self.add(room, ["course_id": nil, "is_public": true])
            for (person, isHost) in [(Someone.teacher, true), (.awa, false)] {
                let class_ = try data(await room.get("/api/calendar/live-session-\(session)", as: person))
                let exam = try data(await room.get("/api/calendar/event-\(event)", as: person))
                for row in [class_, exam] {
                    #expect(row["course"] == ["id": 1, "title": "Réseaux", "slug": "reseaux"])
                    #expect(row["created_at"] == "2026-03-15T09:00:00Z")
                }
                #expect(exam["updated_at"] == "2026-03-15T09:01:00Z")
                #expect(class_["instructor"]?["email"] == (isHost ? .string(Someone.teacher.email) : nil))
                #expect(exam["created_by"]?["email"] == (isHost ? .string(Someone.admin.email) : nil))
                #expect(exam["created_by"]?["last_name"] == "Mensah" && exam["created_by"]?["role"] == "admin")
            }
            let open = try data(await room.get("/api/calendar/event-\(bare)", as: .awa))
            #expect(open["course"] == .null && open["course_id"] == .null && open["course_title"] == .null)
        }
    }
}
