import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// Whoever may not know it learns by no route and no frame who asked anonymously, what waits or is private, why
/// somebody was muted, or what hosts did.
@Suite("Secrets of a class", .timeLimit(.minutes(5)))
struct QuestionSecrecyTests {
    /// Texts and names that nobody but their people may read. The asker is Koffi, who says nothing else.
    private static let secrets = ["attend encore", "rien que pour vous", "réponse privée", "motif secret"]

    @Test func `every caller reads all that there is to read, and finds nothing`() async throws {
        try await AccessRoom.with { access in
            let room = access.room
            // The student, the former one and the co-host of the table would be Koffi himself, or hosts.
            for caller in [AccessTable.Caller.none, .expired, .revoked, .outsider, .member, .other, .channel, .guest] {
                let session = try await access.session("{live}", for: caller)
                let awa = try await Self.fill(session, room)
                let token = try await access.token(caller, session: session)
                var seen = try await awa.everything()
                for path in [
                    "", "/chat", "/chat?type=question", "/chat?type=answer", "/events?limit=200", "/questions",
                    "/questions?state=pending", "/questions?sort=new", "/questions.csv", "/moderation", "/participants",
                    "/presence", "/attendance",
                ] {
                    let path = "/api/live-sessions/\(session)\(path)"
                    seen += try await room.client.send("GET", path, token: token).text + "\n"
                }
                seen += try await Self.frames(of: session, token: token, room)
                for secret in Self.secrets { #expect(!seen.contains(secret), "\(caller): \(secret)") }
                #expect(!seen.contains(#""audience""#) && !seen.contains("user:"))
                // The anonymous question is there, and its asker nowhere beside it.
                let anonymous = seen.split(separator: "\n").filter { $0.contains("sans mon nom") }
                #expect(caller != .member || anonymous.count >= 4)
                for line in anonymous { #expect(!Self.names(line, near: "sans mon nom"), "\(caller): \(line)") }
            }
        }
    }

    /// Whether Koffi is named in an object that has this text.
    private static func names(_ line: Substring, near text: String) -> Bool {
        guard let json = try? JSON.parse(String(line), limits: .request) else { return line.contains("Koffi") }
        return hasName(json, text)
    }

    private static func hasName(_ json: JSON, _ text: String) -> Bool {
        switch json {
        case .array(let values): values.contains { hasName($0, text) }
        case .object(let object):
            object.members.contains { hasName($0.value, text) }
                || object.members.contains { $0.value.stringValue?.contains(text) == true }
                    && (JSON.object(object).text.contains("Koffi") || object["user_id"] == 21 || object["own"] != nil)
        default: false
        }
    }

    /// A class in which everything secret has happened; the answer is Awa's connection, which was there all the time.
    private static func fill(_ session: Int64, _ room: Classroom) async throws -> WebSocketTestClient {
        let (awa, _) = try await room.enter(session, .awa)
        let (koffi, _) = try await room.enter(session, .koffi)
        let (teacher, _) = try await room.enter(session, .teacher)
        _ = try await koffi.ask("sans mon nom", ["anonymous": true])
        let hidden = try await koffi.ask("rien que pour vous", ["private": true])
        _ = try await teacher.answer(hidden, "réponse privée", clientID: "t")
        let path = "/api/live-sessions/\(session)"
        _ = try data(await room.put(path, as: .teacher, ["questions_need_approval": true]))
        _ = try await koffi.ask("attend encore", ["anonymous": true])
        let later = try await koffi.ask("approuvée, sans mon nom", ["anonymous": true])
        _ = try await teacher.step("approve", later)
        _ = try await teacher.ok("question.author", ["id": later])
        let muted = try await teacher.ok(
            "moderation.mute", ["user_id": .integer(Someone.koffi.id), "reason": "motif secret"])
        _ = try await awa.events(through: muted["seq"]?.integerValue ?? 0)
        return awa
    }

    /// What a connection of one's own is told: its welcome, a resume from the beginning, and the history.
    private static func frames(of session: Int64, token: String?, _ room: Classroom) async throws -> String {
        let client = try await WebSocketTestClient.open(port: room.port, path: TestHub.channelPath(session))
        let reply = try await client.request("hello", token.map { ["token": .string($0)] } ?? [:])
        guard let welcome = reply["ok"] else { return reply.text }
        let history = try await client.ok("history", ["after_seq": 0, "limit": 200])
        let again = try await WebSocketTestClient.open(port: room.port, path: TestHub.channelPath(session))
        let resumed = try await again.hello(token, resume: (seq: 0, epoch: welcome["epoch"]?.stringValue ?? ""))
        #expect(resumed["resumed"] == true)
        return [welcome, history, resumed].map(\.text).joined(separator: "\n")
    }
}

extension WebSocketTestClient {
    /// All frames that have come and were not taken, one a line.
    fileprivate func everything() throws -> String { try takeReceived().map { $0.text + "\n" }.joined() }
}
