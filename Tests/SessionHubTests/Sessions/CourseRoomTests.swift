import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// How many may attend a class for which nobody has said it.
@Suite("Room of a class", .timeLimit(.minutes(5)))
struct CourseRoomTests {
    // Found from outside, no. 51
    @Test(
        arguments: [
            (50, 0, nil, 50), (50, 50, nil, 50), (50, 51, nil, 100), (50, 100, nil, 100), (50, 101, nil, 150),
            (50, 10, 30, 50), (50, 10, 120, 120), (50, 130, 120, 150), (80, 60, nil, 80), (80, 81, nil, 100),
            (1, 1, nil, 1), (1, 2, nil, 50), (50, 1_000_000, nil, 100_000), (50, 5, 1_000_000, 100_000),
        ] as [(Int64, Int64, Int64?, Int64)])
    func `the room is that of the course`(least: Int64, members: Int64, maxStudents: Int64?, size: Int64) {
        #expect(CourseRoom(least: least).size(members: members, maxStudents: maxStudents) == size)
    }

    private static func enroll(_ people: ClosedRange<Int64>, _ room: Classroom) async throws {
        let lines = people.flatMap { id in
            [
                #"{"user":{"id":\#(id),"email":"p\#(id)@school.example"}}"#,
                #"{"enrollment":{"course_id":1,"user_id":\#(id)}}"#,
            ]
        }
        let answer = try await room.importLines(lines.joined(separator: "\n"))
        try #require(answer.status == 200, "\(answer.text)")
    }

    // Found from outside, no. 51
    @Test func `a class has room for everybody in its course, also for who comes later`() async throws {
        try await Classroom.with { room in
            try await Self.enroll(101...160, room)
            let session = try await room.live()
            let path = "/api/live-sessions/\(session)"
            let chosen = try await room.schedule(["max_participants": 60])
            #expect(try await room.row(session).maxParticipants == 100)
            for id in Int64(101)...160 {
                let token = try room.application.tokens.mint(
                    userID: id, email: "p\(id)@school.example", role: .student, issuedAt: room.nowSeconds,
                    expiresAt: room.nowSeconds + 60)
                #expect(try await room.client.send("POST", "\(path)/join", token: token).status == 200, "\(id)")
            }
            let client = try await room.enter(session, .teacher).client
            // By an import, and one by one.
            try await Self.enroll(161...199, room)
            #expect(try await client.event("session.updated")["changes"] == ["max_participants": 150])
            _ = try data(await room.put("/api/courses/1", as: .admin, ["max_students": 400]))
            #expect(try await client.event("session.updated")["changes"] == ["max_participants": 400])
            #expect(try await room.row(session).maxParticipants == 400)
            #expect(try await room.row(chosen).maxParticipants == 60)
            try await client.close()
        }
    }

    // Found from outside, no. 51
    @Test func `a host who sets the number has decided`() async throws {
        try await Classroom.with({ $0.maxParticipants = 2 }) { room in
            let session = try await room.schedule()
            #expect(try await room.row(session).maxParticipants == 2)
            // The same number again is no decision.
            _ = try data(await room.put("/api/live-sessions/\(session)", as: .teacher, ["max_participants": 2]))
            _ = try data(await room.put("/api/courses/1/enrollments/23", as: .admin, [:]), status: 201)
            #expect(try await room.row(session).maxParticipants == 50)
            _ = try data(await room.put("/api/live-sessions/\(session)", as: .teacher, ["max_participants": 3]))
            _ = try data(await room.put("/api/courses/1", as: .admin, ["max_students": 99]))
            #expect(try await room.row(session).maxParticipants == 3)
        }
    }

    // Found from outside, no. 51
    @Test func `hosts read whether the number follows the course, and may let it follow again`() async throws {
        try await Classroom.with { room in
            let session = try await room.schedule()
            let path = "/api/live-sessions/\(session)"
            func put(_ fields: JSON) async throws -> [JSON?] {
                let row = try data(await room.put(path, as: .teacher, fields))
                return [row["follows_course"], row["max_participants"]]
            }
            #expect(try data(await room.get(path, as: .teacher))["follows_course"] == true)
            #expect(try data(await room.get(path, as: .awa))["follows_course"] == nil)
            #expect(try await put(["max_participants": 3]) == [false, 3])
            #expect(try await put(["max_participants": nil]) == [false, 3], "null says nothing, as in the seed")
            #expect(try await put(["follows_course": true]) == [true, 50])
            #expect(try await put(["follows_course": true, "max_participants": 50]) == [true, 50], "as it was read")
            #expect(try await put(["follows_course": true, "max_participants": 4]) == [false, 4], "a number decides")
            #expect(try await put(["follows_course": true]) == [true, 50])
            #expect(try await put(["follows_course": false]) == [false, 50])
            _ = try data(await room.put("/api/courses/1", as: .admin, ["max_students": 99]))
            #expect(try await room.row(session).maxParticipants == 50)
            #expect(try await put(["follows_course": true]) == [true, 99])
            let response = try await room.put(path, as: .teacher, ["follows_course": "yes"])
            expectRefusal(response, 400, .invalidField, field: "follows_course")
            // Each change of the number is an event, and nothing else.
            let events = try data(await room.get("\(path)/events", as: .awa))["events"]?.arrayValue ?? []
            #expect(
                events.map { $0["changes"] ?? .null }
                    == [3, 50, 4, 50, 99].map { ["max_participants": .integer($0)] } as [JSON])
        }
    }

    // Found from outside, no. 51
    @Test func `a class that is over keeps its number`() async throws {
        try await Classroom.with { room in
            let session = try await room.live(["max_participants": 3])
            let path = "/api/live-sessions/\(session)"
            _ = try data(await room.post("\(path)/end", as: .teacher, [:]))
            _ = try data(await room.put(path, as: .teacher, ["follows_course": false, "title": "Autre"]))
            let response = try await room.put(path, as: .teacher, ["follows_course": true])
            expectRefusal(response, 400, .sessionOver, field: "max_participants")
        }
    }
}
