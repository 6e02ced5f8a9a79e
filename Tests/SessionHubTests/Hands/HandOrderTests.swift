import Database
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

@Suite("Hands: one order for all", .timeLimit(.minutes(3)))
struct HandOrderTests {
    /// Hundreds of hands at once, in a class too large for everybody to be shown: each reader on each loop gets the
    /// whole order, which is that of the store.
    @Test func `500 hands go up and down, and every reader has the same order`() async throws {
        try await TestHub.with({ $0.loops = 2 }) { hub in
            let room = try await hub.testCourse(students: 500, fields: ["max_participants": 600])
            var readers: [ClassViewer] = []
            for person in [room.teacher, room.teacher, room.assistant, room.assistant] {
                readers.append(try await ClassViewer(person, in: room.session, of: hub))
            }
            var clients: [WebSocketTestClient] = []
            for student in room.students { clients.append(try await hub.join(room.session, as: student).client) }
            func move(_ clients: some Sequence<WebSocketTestClient>, isUp: Bool) async throws {
                // Nobody waits for an answer: the commands of both loops meet in the writer.
                var refs: [(WebSocketTestClient, Int64)] = []
                for client in clients { refs.append((client, try await client.post("hand", ["up": .bool(isUp)]))) }
                for (client, ref) in refs {
                    guard try await client.reply(to: ref)["ok"] == [:] else { throw TestFailure("a hand was refused") }
                }
            }
            func compare(count: Int) async throws {
                let order = try await hub.application.database.read { connection in
                    try connection.query(
                        """
                        SELECT user_id FROM live_session_participants
                        WHERE hand_place IS NOT NULL ORDER BY hand_place
                        """
                    ).map { $0.integer("user_id") }
                }
                #expect(order.count == count)
                for index in readers.indices {
                    while readers[index].presence.hands != order {
                        try await readers[index].presence(through: readers[index].presence.version + 1)
                    }
                }
                let late = try await ClassViewer(room.students[7], in: room.session, of: hub)
                #expect(late.presence.hands == order)
                await late.client.drop()
            }
            try await move(clients.shuffled(), isUp: true)
            try await compare(count: 500)
            try await move(clients.enumerated().filter { $0.offset % 3 > 0 }.map(\.element), isUp: false)
            try await compare(count: 167)
            try await move(clients.enumerated().filter { $0.offset % 3 == 1 }.map(\.element).shuffled(), isUp: true)
            try await compare(count: 334)
            for _ in 1...100 { _ = try await readers[0].client.ok("hand.next") }
            try await compare(count: 234)
        }
    }
}
