import StrictJSON
import TestSupport
import Testing

@Suite("The executable: killed and restarted", .timeLimit(.minutes(3)))
struct KillTests {
    /// What one person posted, was told and received.
    private struct Diary: Sendable {
        let person: TestPerson
        var epoch = ""
        /// Every event, over all connections, as received.
        var events: [JSON] = []
        var acknowledged: [String: Int64] = [:]
        /// Posted, and not answered when the connection broke.
        var pending: String?
        var count = 0

        var position: Int64 { events.last?["seq"]?.integerValue ?? 0 }

        mutating func nextID() -> String {
            count += 1
            return "\(person.id)-\(count)"
        }
    }

    @Test(arguments: TestEngine.allCases)
    func `after kill -9 every acknowledged message is there once and in order`(engine: TestEngine) async throws {
        let folder = try TestFolder()
        let limits = ["AMPHI_LIMIT_POSTS_PER_USER": "0", "AMPHI_LIMIT_POSTS_PER_SESSION": "0", "AMPHI_LOOPS": "2"]
            .merging(try engine.settings(for: folder)) { $1 }
        let (process, port) = try await HubProcess.serve(folder, limits)
        let hub = RunningHub(port: port)
        let room = try await hub.testCourse(students: 20)
        let (acks, acked) = AsyncStream<Void>.makeStream()
        var diaries = try await withThrowingTaskGroup(of: Diary.self) { group in
            for student in room.students {
                group.addTask { try await Self.chat(as: student, in: room.session, of: hub) { acked.yield() } }
            }
            var count = 0
            for await _ in acks {
                count += 1
                if count == 300 { break }
            }
            process.signal(SIGKILL)
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(try await process.finish().ending == .signal(SIGKILL))
        #expect(diaries.contains { $0.pending != nil })

        let (second, next) = try await HubProcess.serve(folder, limits)
        diaries = try await withThrowingTaskGroup(of: Diary.self) { group in
            for diary in diaries {
                group.addTask { try await Self.goOn(diary, in: room.session, of: RunningHub(port: next)) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let events = try await Self.history(of: room, hub: RunningHub(port: next))
        check(diaries, against: events)
        try await second.stop()
    }

    @Test func `a crash keeps places and attendance for those who return, and lets the others go`() async throws {
        let folder = try TestFolder()
        let (process, port) = try await HubProcess.serve(folder)
        let hub = RunningHub(port: port)
        let room = try await hub.testCourse(students: 2)
        let (first, _) = try await hub.join(room.session, as: room.students[0])
        let (second, _) = try await hub.join(room.session, as: room.students[1])
        for client in [first, second] { _ = try await client.ok("ping") }
        try await process.crash()

        let (again, next) = try await HubProcess.serve(folder)
        let restarted = RunningHub(port: next)
        let (teacher, welcome) = try await restarted.join(room.session, as: room.teacher)
        let held = try PresencePicture(welcome["presence"] ?? .null)
        #expect(held.ids.isSuperset(of: [101, 102]))
        let (back, _) = try await restarted.join(room.session, as: room.students[0])
        // Places are kept for 30 s; then the one who did not return is gone, and the one who did never was.
        await teacher.wait(atMost: .seconds(50))
        let seen = try await teacher.presence(held, until: [2, 101])
        #expect(seen.changes.filter { $0 != "joined 2" } == ["left 102"])
        _ = try await back.ok("ping")
        // Written behind what others see: a post that is accepted afterwards shows that it is done.
        _ = try await teacher.say("\(TestHub.mark) Where is everybody?", clientID: "w")
        let list = try await restarted.expectOK(
            "GET", "/api/live-sessions/\(room.session)/attendance", token: room.teacher.token
        )
        let people = list["participants"]?.arrayValue ?? []
        for (id, isPresent) in [(101, true), (102, false)] as [(Int64, Bool)] {
            let person = try #require(people.first { $0["user_id"]?.integerValue == id })
            #expect(person["is_present"] == .bool(isPresent), "\(person.text)")
            #expect(person["segments"]?.arrayValue?.count == 1, "\(person.text)")
        }
        try await again.stop()
    }

    @Test func `after kill -9 the hands that were up are up, in the same order`() async throws {
        let folder = try TestFolder()
        let loops = ["AMPHI_LOOPS": "2"]
        let (process, port) = try await HubProcess.serve(folder, loops)
        let hub = RunningHub(port: port)
        let room = try await hub.testCourse(students: 6)
        var clients: [WebSocketTestClient] = []
        for student in room.students { clients.append(try await hub.join(room.session, as: student).client) }
        for index in [4, 1, 5, 0, 3] { _ = try await clients[index].ok("hand", ["up": true]) }
        _ = try await clients[1].ok("hand", ["up": false])
        try await process.crash()

        let (again, next) = try await HubProcess.serve(folder, loops)
        let restarted = RunningHub(port: next)
        let (teacher, welcome) = try await restarted.join(room.session, as: room.teacher)
        var seen = try PresencePicture(welcome["presence"] ?? .null)
        #expect(seen.hands == [105, 106, 101, 104])
        // Somebody comes back to a hand that is still up; a new one is behind all of these.
        let (back, shown) = try await restarted.join(room.session, as: room.students[5])
        #expect(try PresencePicture(shown["presence"] ?? .null).hands == [105, 106, 101, 104])
        _ = try await back.ok("hand", ["up": true])
        let (late, _) = try await restarted.join(room.session, as: room.students[1])
        _ = try await late.ok("hand", ["up": true])
        seen = try await teacher.presence(seen, untilHands: [105, 106, 101, 104, 102])
        #expect(try await teacher.ok("hand.next") == ["user_id": 105])
        #expect(try await back.event("hand.called")["user_id"] == 105)
        seen = try await teacher.presence(seen, untilHands: [106, 101, 104, 102])
        try await again.stop()
    }

    @Test func `after kill -9 every correction of attendance that was answered counts`() async throws {
        let folder = try TestFolder()
        let (process, port) = try await HubProcess.serve(folder)
        let hub = RunningHub(port: port)
        let room = try await hub.testCourse(students: 2)
        let path = "/api/live-sessions/\(room.session)"
        for status in ["absent", "late", "excused"] {
            _ = try await hub.expectOK(
                "POST", "\(path)/attendance/101/corrections", token: room.teacher.token,
                json: ["status": .string(status), "reason": "A note"])
        }
        try await process.crash()

        let (again, next) = try await HubProcess.serve(folder)
        let restarted = RunningHub(port: next)
        let corrections = try await restarted.expectOK(
            "GET", "\(path)/attendance/101/corrections", token: room.students[0].token)
        #expect(corrections.arrayValue?.map { $0["status"] } == ["excused", "late", "absent"])
        let rollCall = try await restarted.expectOK("GET", "\(path)/roll-call", token: room.teacher.token)
        #expect(rollCall["people"]?.arrayValue?.map { $0["status"] } == ["excused", "absent"])
        try await again.stop()
    }

    /// Posts until the connection breaks.
    private static func chat(
        as person: TestPerson, in session: Int64, of hub: RunningHub, onAck: @Sendable () -> Void
    ) async throws -> Diary {
        var diary = Diary(person: person)
        let (client, welcome) = try await hub.join(session, as: person)
        diary.epoch = welcome["epoch"]?.stringValue ?? ""
        diary.events = welcome["events"]?.arrayValue ?? []
        while true {
            let id = diary.nextID()
            diary.pending = id
            do {
                diary.acknowledged[id] = try await client.say("\(TestHub.mark) \(id)", clientID: id)["seq"]?
                    .integerValue
            } catch {
                diary.events += Self.events(try await client.takeReceived())
                return diary
            }
            diary.pending = nil
            onAck()
            diary.events += Self.events(try await client.takeReceived())
        }
    }

    /// Comes back with a resume, repeats what was not answered, and posts a little more.
    private static func goOn(_ before: Diary, in session: Int64, of hub: RunningHub) async throws -> Diary {
        var diary = before
        let (client, welcome) = try await hub.join(
            session, as: diary.person, resume: (seq: diary.position, epoch: diary.epoch)
        )
        guard welcome["resumed"] == true else { throw TestFailure("not resumed: \(welcome.text.prefix(200))") }
        diary.events += welcome["events"]?.arrayValue ?? []
        var last: Int64 = 0
        for id in [diary.pending, diary.nextID(), diary.nextID()].compactMap(\.self) {
            last = try await client.say("\(TestHub.mark) \(id)", clientID: id)["seq"]?.integerValue ?? 0
            diary.acknowledged[id] = last
        }
        if last > diary.position { diary.events += try await client.events(through: last) }
        return diary
    }

    private static func events(_ frames: [JSON]) -> [JSON] { frames.flatMap { $0["events"]?.arrayValue ?? [] } }

    private static func history(of room: TestCourse, hub: RunningHub) async throws -> [JSON] {
        let (client, _) = try await hub.join(room.session, as: room.teacher)
        var events: [JSON] = []
        while true {
            let page = try await client.ok("history", ["after_seq": events.last?["seq"] ?? 0, "limit": 200])
            events += page["events"]?.arrayValue ?? []
            if page["more"] != true { return events }
        }
    }

    private func check(_ diaries: [Diary], against events: [JSON]) {
        #expect(events.compactMap { $0["seq"]?.integerValue } == Array(1...Int64(events.count)))
        var seqs: [String: [Int64]] = [:]
        for event in events {
            if let id = event["client_id"]?.stringValue, let seq = event["seq"]?.integerValue {
                seqs[id, default: []].append(seq)
            }
        }
        for diary in diaries {
            for (id, seq) in diary.acknowledged { #expect(seqs[id] == [seq], "\(id)") }
            // Nothing twice, nothing out of order, and everything that a reader got is what is stored.
            let first = diary.events.first?["seq"]?.integerValue ?? 1
            let expected = events.dropFirst(Int(first) - 1).prefix(diary.events.count)
            #expect(diary.events.map(\.text) == expected.map(\.text), "\(diary.person.id)")
        }
        #expect(diaries.map(\.acknowledged.count).reduce(0, +) >= 300)
    }
}

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif
