import Database
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// State + events = fresh state: whoever has a welcome of one moment and applies every event since has what a newcomer
/// is given, field by field; so has whoever comes back with a position of any age.
@Suite("Property: state + events = fresh state", .timeLimit(.minutes(3)))
struct StatePropertyTests {
    private static let histories: UInt64 = 80
    private static let steps = 60

    @Test(arguments: [1, 2])
    func `every viewer of a random class has at any moment what a newcomer is given`(loops: Int) async throws {
        try await TestHub.with({
            $0.loops = loops
            $0.limits.postsPerUser = 0
            $0.limits.postsPerSession = 0
            $0.limits.connectionsPerUser = 0
            $0.limits.steeringPerUser = 0
            $0.limits.steeringPerSession = 0
        }) { hub in
            let room = try await hub.testCourse(students: 3, isLive: false)
            let seeds = (1...Self.histories / 2).map { $0 * 2 + UInt64(loops) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, seed) in seeds.enumerated() {
                    if index >= 6 { try await group.next() }
                    group.addTask {
                        var history = try await ClassHistory(seed: seed, people: room, hub: hub)
                        try await history.run(Self.steps)
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}

/// One random class with its people; a failure names the seed and the steps that led to it.
private struct ClassHistory {
    private let seed: UInt64
    private let hub: TestHub
    private let people: TestCourse
    private let course: Int64
    private let session: Int64
    private var random: SeededGenerator
    /// Teacher, assistant, and three students.
    private var viewers: [ClassViewer] = []
    private var log: [String] = []
    /// Who was shown events under another role before.
    private var hasChangedRole: Set<Int64> = []
    private var isAssistantHost = true

    init(seed: UInt64, people: TestCourse, hub: TestHub) async throws {
        (self.seed, self.people, self.hub) = (seed, people, hub)
        random = SeededGenerator(seed: seed)
        course = 1000 + Int64(seed)
        try await hub.course(course, instructor: people.teacher.id, coInstructors: [people.assistant.id])
        for person in people.students + [people.assistant] { try await hub.enroll(person.id, in: course) }
        session = try await hub.session(course: course)
    }

    mutating func run(_ steps: Int) async throws {
        do {
            for person in [people.teacher, people.assistant] + people.students {
                viewers.append(try await ClassViewer(person, in: session, of: hub))
            }
            for _ in 0..<steps { try await step() }
            for index in viewers.indices { try await check(index) }
            try await cancel()
        } catch {
            throw TestFailure("seed \(seed), \(log.joined(separator: "; ")): \(error)")
        }
        for viewer in viewers { await viewer.client.drop() }
    }

    private mutating func pick(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }

    private mutating func step() async throws {
        let actor = pick(viewers.count)
        switch pick(30) {
        case 0...6: try await post(actor)
        case 7, 8: try await delete(actor)
        case 9, 10: try await update(actor)
        case 11: try await send("session.start", actor)
        case 12: if pick(3) == 0 { try await send("session.end", actor, ["recording_url": "/recordings/1"]) }
        case 13: try await whisper()
        case 14: try await moveAssistant()
        case 15: try await comeBackLater(actor)
        case 16: try await endAndRenewEnrollment()
        case 17: try await moveHand(actor)
        case 18...20: try await vote(actor)
        case 21...23: try await treatQuestion(actor)
        case 24...26: try await putUp(actor)
        default: try await check(actor)
        }
    }

    // MARK: - What happens

    /// Sends without waiting for the answer: the checks fall between commands that are under way.
    private mutating func send(_ type: String, _ actor: Int, _ fields: JSON = [:]) async throws {
        log.append("\(viewers[actor].person.id) \(type) \(fields.text)")
        try await viewers[actor].client.post(type, fields)
    }

    private mutating func post(_ actor: Int) async throws {
        let known = viewers[actor].picture.events.filter { $0["kind"] == "question" }
        // A small choice of client_ids, so that some are used again.
        var fields: JSONObject = [
            "client_id": .string("c\(pick(40)) of \(viewers[actor].person.id)"), "text": .string("Text \(log.count)"),
        ]
        switch pick(4) {
        case 0:
            fields["kind"] = "question"
            fields["anonymous"] = .bool(pick(2) == 0)
            fields["private"] = .bool(pick(5) == 0)
        case 1 where !known.isEmpty:
            fields["kind"] = "answer"
            fields["reply_to"] = known[pick(known.count)]["id"]
        default: break
        }
        log.append("\(viewers[actor].person.id) posts \(JSON.object(fields).text)")
        try await viewers[actor].post(.object(fields))
    }

    /// One of the questions that the actor has heard of.
    private mutating func question(knownTo actor: Int) -> Int64? {
        let ids = viewers[actor].picture.questions.ids
        return ids.isEmpty ? nil : ids[pick(ids.count)]
    }

    private mutating func vote(_ actor: Int) async throws {
        guard let id = question(knownTo: actor) else { return }
        let on = pick(3) > 0
        log.append("\(viewers[actor].person.id) votes \(on) for \(id)")
        try await viewers[actor].vote(id, on: on)
    }

    /// What hosts may do with a question; others are refused.
    private mutating func treatQuestion(_ actor: Int) async throws {
        let host = pick(4) > 0 ? pick(2) : actor
        guard let id = question(knownTo: host), let other = question(knownTo: host) else { return }
        let fields: JSONObject = ["id": .integer(id)]
        func with(_ name: String, _ value: JSON) -> JSON {
            var more = fields
            more[name] = value
            return .object(more)
        }
        switch pick(8) {
        case 0, 1: try await send("question.approve", host, .object(fields))
        case 2: try await send("question.pin", host, with("on", .bool(pick(3) > 0)))
        case 3: try await send("question.merge", host, with("into", .integer(other)))
        case 4: try await send("question.state", host, with("state", "answered"))
        case 5: try await send("question.state", host, with("state", "dismissed"))
        case 6: try await send("question.state", host, with("state", "open"))
        default: try await send("question.author", host, .object(fields))
        }
    }

    private mutating func delete(_ actor: Int) async throws {
        let known = viewers[actor].picture.events.compactMap { $0["type"] == "chat.message" ? $0["id"] : nil }
        guard !known.isEmpty else { return }
        try await send("chat.delete", actor, ["id": known[pick(known.count)]])
    }

    private mutating func update(_ actor: Int) async throws {
        let changes: [JSON] = [
            ["title": .string("Title \(log.count)")], ["description": .string("About \(log.count)")],
            ["description": nil, "is_chat_enabled": .bool(pick(3) > 0)],
            ["max_participants": .integer(Int64(60 + pick(9)))],
            ["questions_need_approval": .bool(pick(2) == 0)], ["is_anonymous_allowed": .bool(pick(4) > 0)],
            ["is_recording_enabled": .bool(pick(2) == 0), "thumbnail_url": .string("/thumbs/\(log.count).png")],
            ["scheduled_end_at": .string((hub.now + Int64(3_600_000 + 60_000 * pick(60))).text)],
        ]
        try await send("session.update", actor, changes[pick(changes.count)])
    }

    private mutating func putUp(_ actor: Int) async throws {
        let known = viewers[actor].picture.materials
        switch pick(5) {
        case 0, 1:
            let number = pick(20)
            let fields: JSONObject = [
                "client_id": .string("m\(number)"), "title": .string("Material \(log.count)"),
                "url": .string("https://material.example/\(log.count)"),
            ]
            try await send("material.add", actor, .object(fields))
        case 2 where !known.isEmpty:
            try await send("material.remove", actor, ["id": known[pick(known.count)]["id"] ?? .null])
        case 3: try await send("task.set", actor, ["text": .null])
        default: try await send("task.set", actor, ["text": .string("Task \(pick(3))")])
        }
    }

    private mutating func moveHand(_ actor: Int) async throws {
        switch pick(5) {
        case 0: try await send("hand.next", actor)
        case 1:
            let other = viewers[pick(viewers.count)].person.id
            try await send("hand", actor, ["up": false, "user_id": .integer(other)])
        case let way: try await send("hand", actor, ["up": .bool(way > 2 || pick(2) == 0)])
        }
    }

    /// An event that only some may read; it changes nothing that a client knows.
    private mutating func whisper() async throws {
        let person = viewers[pick(viewers.count)].person.id
        let audience: Audience = pick(2) == 0 ? .hosts : .user(person)
        log.append("event for \(audience.text)")
        let session = session
        _ = try await hub.application.journal.write { transaction in
            try transaction.append(
                .chatDeleted, to: session, payload: ["id": 0, "message_seq": 0], by: nil, audience: audience
            )
        }
    }

    /// The assistant becomes a participant, or a host again.
    private mutating func moveAssistant() async throws {
        isAssistantHost.toggle()
        log.append("assistant is \(isAssistantHost ? "host" : "participant")")
        hasChangedRole.insert(people.assistant.id)
        try await hub.course(
            course, instructor: people.teacher.id, coInstructors: isAssistantHost ? [people.assistant.id] : []
        )
    }

    /// Calls the class off when nobody has started it: the last event is told to all, and all are sent away.
    private mutating func cancel() async throws {
        let path = "/api/live-sessions/\(session)"
        let token = people.teacher.token
        guard try await hub.http.send("POST", "\(path)/cancel", token: token).status == 200 else { return }
        log.append("cancel")
        var row = try #require(try await hub.expectOK("GET", path, token: token).objectValue)
        let ofREST = [
            "jitsi_room_name", "instructor_email", "follows_course", "can_join", "server_time", "participants_count",
            "participants",
        ]
        for name in ofREST {
            row[name] = nil
        }
        for index in viewers.indices {
            let head = try await hub.journal(session).count
            try await viewers[index].catchUp(to: Int64(head))
            guard viewers[index].picture.session == row else {
                throw TestFailure(
                    "called off: \(JSON.object(viewers[index].picture.session).text), row \(JSON.object(row).text)")
            }
            guard try await viewers[index].client.closeCode() == 4505 else { throw TestFailure("not sent away") }
        }
    }

    // MARK: - Who looks

    private mutating func check(_ index: Int) async throws {
        // Mostly while commands are under way. Votes have no place in the order: they are compared once all is done.
        let isQuiet = pick(3) == 0
        log.append("check \(viewers[index].person.id)\(isQuiet ? ", quiet" : "")")
        if isQuiet { for viewer in viewers { try await viewer.finishCommands() } }
        let found = try await viewers[index].compareWithFresh(
            in: session, of: hub, isSameAudience: !hasChangedRole.contains(viewers[index].person.id),
            withVotes: isQuiet
        )
        guard found.isEmpty else { throw TestFailure("\(viewers[index].person.id) has \(found)") }
        guard !hasChangedRole.contains(viewers[index].person.id) else { return }
        let old = Int64.random(in: 0...viewers[index].picture.seq, using: &random)
        try await viewers[index].checkResume(from: old, in: session, of: hub)
    }

    /// Loses a connection; things go on; comes back with the old position.
    private mutating func comeBackLater(_ index: Int) async throws {
        log.append("drop \(viewers[index].person.id)")
        await viewers[index].drop()
        for _ in 0..<pick(8) {
            let other = (index + 1 + pick(viewers.count - 1)) % viewers.count
            if pick(3) == 0 { try await whisper() } else { try await post(other) }
        }
        log.append("return")
        try await viewers[index].comeBack(
            to: session, of: hub, isSameAudience: !hasChangedRole.contains(viewers[index].person.id))
    }

    /// The last student is put out of the course and comes back into it, at the old position.
    private mutating func endAndRenewEnrollment() async throws {
        let index = viewers.count - 1
        log.append("enrollment of \(viewers[index].person.id) ends")
        try await hub.enroll(viewers[index].person.id, in: course, isActive: false)
        guard try await viewers[index].client.closeCode() == 4502 else { throw TestFailure("not put out") }
        await viewers[index].drop()
        try await post(0)
        try await hub.enroll(viewers[index].person.id, in: course)
        log.append("and begins")
        try await viewers[index].comeBack(to: session, of: hub)
    }
}
