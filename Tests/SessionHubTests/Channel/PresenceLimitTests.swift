import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

@Suite("Channel: presence across its limit", .timeLimit(.minutes(3)))
struct PresenceLimitTests {
    @Test func `snapshot and diffs are a fresh snapshot on both loops, below the limit, above it, and below again`()
        async throws
    {
        try await TestHub.with({
            $0.loops = 2
            $0.windows.grace = 100
            $0.limits.connectionsPerUser = 0
        }) { hub in
            let room = try await hub.testCourse(students: 230, fields: ["max_participants": 300])
            try await hub.enroll(room.assistant.id, in: room.course)
            // Sockets go to the loops in turn: two of each are on both.
            var viewers: [ClassViewer] = []
            for person in [room.teacher, room.teacher, room.assistant, room.student, room.student] {
                viewers.append(try await ClassViewer(person, in: room.session, of: hub))
            }
            func compare(at count: Int64) async throws {
                for index in viewers.indices {
                    try await viewers[index].presence(untilCount: count)
                    let found = try await viewers[index].compareWithFresh(in: room.session, of: hub)
                    #expect(found == [], "\(viewers[index].person.id), \(count) people")
                }
            }
            var others: [WebSocketTestClient] = []
            for student in room.students[1..<200] {
                others.append(try await hub.join(room.session, as: student).client)
            }
            try await compare(at: 202)
            #expect(viewers[0].presence.people.count == 202)
            for student in room.students[200...] { others.append(try await hub.join(room.session, as: student).client) }
            try await compare(at: 232)
            #expect(viewers[0].presence.ids == [2, 3])
            #expect(viewers[3].presence.ids == [2, 3, 101])
            // A host who is none any more goes from everybody's list but their own.
            try await hub.course(room.course, instructor: 2)
            while viewers[0].presence.ids != [2] {
                try await viewers[0].presence(through: viewers[0].presence.version + 1)
            }
            try await compare(at: 232)
            #expect(viewers[2].presence.people[3] == room.assistant.shown(as: "participant"))
            for client in others[50...] { await client.drop() }
            try await compare(at: 53)
            #expect(viewers[0].presence.people.count == 53)
        }
    }
}
