import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

@Suite("Channel: stop and restart", .timeLimit(.minutes(3)))
struct StopTests {
    @Test(arguments: [1, 2])
    func `a stop says bye to everybody with a slot of their own`(loops: Int) async throws {
        let hub = try await TestHub.start { $0.loops = loops }
        let room = try await hub.testCourse(students: 12)
        var clients: [WebSocketTestClient] = []
        for person in [room.teacher] + room.students {
            clients.append(try await hub.join(room.session, as: person).client)
        }
        let silent = try await hub.open(room.session)
        async let stopped: Void = hub.stop()
        var slots: Set<Int64> = []
        for client in clients {
            let (bye, code) = try await client.farewell()
            #expect(bye["code"] == 4000)
            #expect(bye["reason"] == "restart")
            #expect(bye["reconnect"] == true)
            slots.insert(bye["after_ms"]?.integerValue ?? -1)
            #expect(code == 4000)
        }
        #expect(slots.count == 13)
        #expect(slots.allSatisfy { $0 > 0 && $0 < 5000 })
        #expect(try await silent.closeCode() == 4000)
        await stopped
    }

    @Test func `what was acknowledged before a stop is there after it, and posting goes on`() async throws {
        let folder = try TestFolder()
        let room = try await TestHub.with(folder: folder) { hub in
            let room = try await hub.testCourse(students: 1)
            let (client, _) = try await hub.join(room.session, as: room.student)
            for index in 0..<10 { _ = try await client.say("\(index)", clientID: "\(index)") }
            return room
        }
        try await TestHub.with(folder: folder) { hub in
            let (client, welcome) = try await hub.join(room.session, as: room.student)
            #expect(welcome["events"]?.arrayValue?.compactMap { $0["text"]?.stringValue } == (0..<10).map { "\($0)" })
            #expect(try await client.say("9", clientID: "9")["duplicate"] == true)
            #expect(try await client.say("10", clientID: "10")["seq"] == 12)
        }
    }

    @Test func `after a restart everybody keeps the place until they are back`() async throws {
        let folder = try TestFolder()
        let room = try await TestHub.with(folder: folder) { hub in
            let room = try await hub.testCourse(students: 2)
            for person in [room.teacher] + room.students { _ = try await hub.join(room.session, as: person) }
            return room
        }
        try await TestHub.with(folder: folder, { $0.windows.grace = 100 }) { hub in
            let (_, welcome) = try await hub.join(room.session, as: room.teacher)
            let people = welcome["presence"]?["people"]?.arrayValue?.compactMap { $0["id"]?.integerValue }
            #expect(people == [2, 101, 102])
        }
    }
}
