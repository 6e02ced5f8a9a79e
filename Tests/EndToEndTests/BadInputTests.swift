import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// 10,000 damaged requests and frames while two people chat.
@Suite("The executable: bad input", .timeLimit(.minutes(3)))
struct BadInputTests {
    private static let seed: UInt64 = 20_260_315
    private static let (workers, requests, frames) = (10, 400, 600)

    @Test func `ten thousand damaged requests and frames break nothing`() async throws {
        let folder = try TestFolder()
        let limits = [
            "AMPHI_LIMIT_POSTS_PER_USER": "0", "AMPHI_LIMIT_POSTS_PER_SESSION": "0", "AMPHI_LOOPS": "2",
            "AMPHI_LIMIT_COMMANDS_PER_CONNECTION": "0",
        ]
        let (process, port) = try await HubProcess.serve(folder, limits)
        let hub = RunningHub(port: port)
        let room = try await hub.testCourse(students: 2)
        let target = try await Target.make(hub)
        let chatting = Task { try await Self.chat(room, hub) }
        let statuses = try await withThrowingTaskGroup(of: Set<String>.self) { group in
            for worker in 0..<Self.workers {
                let seed = Self.seed + UInt64(worker)
                group.addTask { try await Self.sendRequests(Mutator(seed: seed), to: target, hub) }
                group.addTask { try await Self.sendFrames(Mutator(seed: ~seed), to: target, hub) }
            }
            return try await group.reduce(into: Set()) { $0.formUnion($1) }
        }
        // The damage reaches every layer: some of it is even harmless.
        #expect(
            statuses.isSuperset(of: ["200", "400", "401", "404", "405", "invalid_field", "unknown_type", "bad_json"]))
        chatting.cancel()
        let count = try await chatting.value
        #expect(count > 0)
        let ready = try await hub.http.send("GET", "/readyz")
        #expect(ready.status == 200)
        process.signal(SIGTERM)
        let result = try await process.finish()
        #expect(result.ending == .exit(0))
        // Also what nobody waited for: a fault of ours is logged as an error.
        #expect(!result.errors.contains(" error "), "\(result.errors.suffix(2000))")
    }

    // MARK: - The two who chat

    /// Both post and read until cancelled; each must have every event once and in order. Returns the number of
    /// messages.
    private static func chat(_ room: TestCourse, _ hub: RunningHub) async throws -> Int {
        let (first, welcome) = try await hub.join(room.session, as: room.students[0])
        let (second, _) = try await hub.join(room.session, as: room.students[1])
        let start = welcome["seq"]?.integerValue ?? 0
        var texts: [String] = []
        while !Task.isCancelled || texts.isEmpty {
            for (index, client) in [first, second].enumerated() {
                let id = "\(texts.count) from \(index)"
                let text = "\(TestHub.mark) \(id)"
                _ = try await client.say(text, clientID: id)
                texts.append(text)
            }
        }
        for client in [first, second] {
            let events = try await client.events(through: start + Int64(texts.count))
            #expect(events.compactMap { $0["seq"]?.integerValue } == Array(start + 1...start + Int64(texts.count)))
            #expect(events.compactMap { $0["text"]?.stringValue } == texts)
        }
        return texts.count
    }

    // MARK: - Requests

    /// A course and a class of their own, whose teacher sends the damaged input: nothing of it may reach the others.
    private struct Target: Sendable {
        let session: Int64
        let course: Int64
        let token: String

        static func make(_ hub: RunningHub) async throws -> Target {
            let teacher: Int64 = 77_001
            try await hub.expectOK(
                "PUT", "/api/users/\(teacher)",
                json: ["email": .string(TestHub.email(teacher)), "first_name": "Max", "role": "instructor"]
            )
            try await hub.course(88_001, instructor: teacher)
            let session = try await hub.session(course: 88_001)
            // A token newer than the Directory decides the role.
            let token = try hub.token(teacher, role: .instructor)
            try await hub.expectOK("POST", "/api/live-sessions/\(session)/start", token: token)
            return Target(session: session, course: 88_001, token: token)
        }

        /// Requests that are good before they are damaged.
        var samples: [(method: String, path: String, body: String?)] {
            let live = "/api/live-sessions/\(session)"
            return [
                ("GET", live, nil), ("GET", "\(live)/chat?limit=5&after_seq=1&type=text", nil),
                ("GET", "\(live)/events?after_seq=0", nil), ("GET", "\(live)/participants?page=1&limit=10", nil),
                ("GET", "\(live)/attendance.csv", nil), ("GET", "\(live)/presence", nil),
                ("GET", "\(live)/channel", nil),
                ("GET", "/api/calendar?start=2026-03-01&end=2026-04-01&type=live_session&upcoming=true", nil),
                ("GET", "/api/student/live-sessions", nil), ("GET", "/index.html", nil),
                ("HEAD", "/js/amphi-client.js", nil),
                ("OPTIONS", live, nil), ("GET", "/api/config", nil), ("GET", "/api/auth/me", nil),
                ("PUT", live, #"{"title":"Même heure","max_participants":40,"description":"\u00e9t\u00e9"}"#),
                ("POST", "\(live)/join", #"{"enrollment_id":null}"#), ("POST", "\(live)/leave", "{}"),
                ("POST", "\(live)/jitsi-token", #"{"role":"moderator"}"#),
                (
                    "POST", "/api/courses/\(course)/live-sessions",
                    #"{"title":"T","scheduled_start_at":"2027-03-15T10:00:00Z","scheduled_end_at":"2027-03-15T11:00:00+01:00"}"#
                ),
                ("POST", "/api/auth/sign-in-link", #"{"code":"abcdefghijklmnop"}"#),
            ]
        }
    }

    /// - Returns: the statuses of the answers.
    private static func sendRequests(
        _ mutator: Mutator, to target: Target, _ hub: RunningHub
    ) async throws -> Set<String> {
        var mutator = mutator
        var statuses: Set<String> = []
        for _ in 0..<requests {
            let bytes = request(&mutator, target)
            let answer = try await blocking { try exchange(bytes, port: hub.port) }
            #expect(!answer.contains("HTTP/1.1 500"), "\(String(decoding: bytes, as: UTF8.self)) -> \(answer)")
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 "), "\(answer.prefix(100))")
            statuses.insert(String(answer.dropFirst(9).prefix(3)))
        }
        return statuses
    }

    /// Damages the body under a right length, or the whole request.
    private static func request(_ mutator: inout Mutator, _ target: Target) -> [UInt8] {
        let samples = target.samples
        let sample = samples[Int.random(in: 0..<samples.count, using: &mutator.random)]
        var body = sample.body.map { Array($0.utf8) }
        let damagesBody = body != nil && Bool.random(using: &mutator.random)
        if damagesBody, let whole = body { body = mutator.mutate(whole) }
        var head = "\(sample.method) \(sample.path) HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        head += "Authorization: Bearer \(target.token)\r\nAccept-Language: fr\r\nConnection: close\r\n"
        if let body { head += "Content-Type: application/json\r\nContent-Length: \(body.count)\r\n" }
        let bytes = Array("\(head)\r\n".utf8) + (body ?? [])
        return damagesBody ? bytes : mutator.mutate(bytes)
    }

    /// What the hub answers within a moment; nothing when it still waits for the rest.
    private static func exchange(_ bytes: [UInt8], port: UInt16) throws -> String {
        let socket = try TestSocket(port: port)
        defer { socket.close() }
        var answer: [UInt8] = []
        do {
            try socket.write(bytes, by: Deadline(after: .seconds(5)))
            // Everything of a whole request is answered and closed at once; half of one never is.
            let deadline = Deadline(after: .milliseconds(100))
            while true {
                let more = try socket.read(by: deadline)
                if more.isEmpty { break }
                answer += more
            }
        } catch is TestFailure {
            // Closed in the middle, or nothing came: both are answers.
        }
        return String(decoding: answer, as: UTF8.self)
    }

    // MARK: - Frames

    private static func commands(_ target: Target) -> [String] {
        [
            #"{"ref":1,"type":"hello","token":"\#(target.token)","resume":{"seq":1,"epoch":"ab"},"client":"web/1.0"}"#,
            #"{"ref":2,"type":"chat.post","client_id":"c-1","kind":"question","text":"Où ? \#(TestHub.mark)","anonymous":true}"#,
            #"{"ref":3,"type":"chat.post","client_id":"c-2","kind":"answer","text":"Là 👋 \#(TestHub.mark)","reply_to":1}"#,
            #"{"ref":4,"type":"chat.delete","id":1}"#, #"{"ref":5,"type":"typing","on":true}"#,
            #"{"ref":6,"type":"history","before_seq":90,"limit":20}"#, #"{"ref":7,"type":"presence.list","after":0}"#,
            #"{"ref":8,"type":"session.update","title":"T","max_participants":30,"scheduled_end_at":"2030-01-01T00:00:00Z"}"#,
            #"{"ref":9,"type":"token.refresh","token":"\#(target.token)"}"#, #"{"ref":10,"type":"ping"}"#,
        ]
    }

    /// - Returns: the codes of the error replies.
    private static func sendFrames(
        _ mutator: Mutator, to target: Target, _ hub: RunningHub
    ) async throws -> Set<String> {
        var mutator = mutator
        var codes: Set<String> = []
        var sent = 0
        while sent < frames {
            let client = try await hub.open(target.session)
            // Now and then the hello itself is damaged.
            if Int.random(in: 0..<8, using: &mutator.random) > 0 { _ = try? await client.hello(target.token) }
            for _ in 0..<Int.random(in: 1...60, using: &mutator.random) where sent < frames {
                sent += 1
                let bytes = frame(&mutator, target)
                do {
                    try await client.sendRaw(bytes)
                } catch {
                    break
                }
                for reply in try await client.takeReceived() {
                    #expect(reply["error"]?["code"] != "internal", "\(bytes) -> \(reply.text)")
                    if let code = reply["error"]?["code"]?.stringValue { codes.insert(code) }
                }
            }
            await client.drop()
        }
        return codes
    }

    /// A damaged command in a good frame, or now and then a damaged frame.
    private static func frame(_ mutator: inout Mutator, _ target: Target) -> [UInt8] {
        let commands = commands(target)
        let command = Array(commands[Int.random(in: 0..<commands.count, using: &mutator.random)].utf8)
        if Int.random(in: 0..<12, using: &mutator.random) == 0 {
            return mutator.mutate(WebSocketFrame(.text, command).bytes())
        }
        let isWhole = Int.random(in: 0..<20, using: &mutator.random) > 0
        return WebSocketFrame(.text, mutator.mutate(command), isFinal: isWhole).bytes()
    }
}

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif
