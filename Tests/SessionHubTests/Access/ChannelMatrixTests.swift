import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// Runs `ChannelMatrix`: every command with every caller, over a real socket.
@Suite("Access matrix: channel", .timeLimit(.minutes(5)))
struct ChannelMatrixTests {
    @Test func `the table has a cell for every caller in every line, and every command`() {
        let table = AccessTable(ChannelMatrix.table)
        #expect(table.callers == AccessTable.Caller.allCases)
        #expect(table.rows.allSatisfy { $0.answers.count == table.callers.count && (2...3).contains($0.words.count) })
        #expect(Set(ChannelMatrix.rows.map(\.command)) == ChannelAPI.standard.names)
        #expect(Set(ChannelMatrix.rows.map(\.testDescription)).count == table.rows.count, "no line twice")
    }

    @Test(arguments: ChannelMatrix.rows) func `every caller gets the answer of the table`(row: ChannelMatrix.Row)
        async throws
    {
        try await AccessRoom.with { access in
            for (caller, expected) in row.cells.answers {
                let attempt = try await Attempt(row: row, caller: caller, expected: expected, access: access)
                let before = try await access.events(attempt.session)
                let answer = try await attempt.answer()
                #expect(answer == expected, "\(row.testDescription) as \(caller)")
                if answer != "ok" {
                    #expect(try await access.events(attempt.session) == before, "a refusal changes nothing: \(caller)")
                }
            }
        }
    }
}

/// One cell of the table: a class, a connection, a command.
private struct Attempt {
    let row: ChannelMatrix.Row
    let caller: AccessTable.Caller
    let access: AccessRoom
    let session: Int64
    private let token: String?
    private let fields: JSON

    init(row: ChannelMatrix.Row, caller: AccessTable.Caller, expected: String, access: AccessRoom) async throws {
        (self.row, self.caller, self.access) = (row, caller, access)
        let isLetIn = Int(expected) == nil
        // Chat is switched off behind what was said before.
        session = try await access.session(row.state == "{silent}" ? "{live}" : row.state, for: caller)
        token = try await access.token(caller, session: session)
        fields = try await Self.fields(row, caller, isLetIn: isLetIn, session, access)
        if row.state == "{silent}" {
            let path = "/api/live-sessions/\(session)"
            _ = try data(await access.room.put(path, as: .teacher, ["is_chat_enabled": false]))
        }
    }

    /// The members of the command.
    private static func fields(
        _ row: ChannelMatrix.Row, _ caller: AccessTable.Caller, isLetIn: Bool, _ session: Int64, _ access: AccessRoom
    ) async throws -> JSON {
        // Somebody else, whoever the caller is.
        let neighbour: Someone = caller == .teacher ? .assistant : .teacher
        switch (row.command, row.kind) {
        case ("chat.post", "text"): return ["client_id": "c", "text": "Bonjour"]
        case ("chat.post", "question"): return ["client_id": "c", "text": "Pourquoi ?", "kind": "question"]
        case ("chat.post", "anonymous"):
            return ["client_id": "c", "text": "Pourquoi ?", "kind": "question", "anonymous": true]
        case ("chat.post", "answer"):
            let question = try await access.post(.question, by: neighbour, in: session)
            return ["client_id": "c", "text": "Parce que.", "kind": "answer", "reply_to": .integer(question)]
        case ("cohost", _): return ["user_id": .integer(Someone.awa.id), "on": true]
        case ("chat.announce", _): return ["client_id": "c", "text": "On commence."]
        case (let command, let whose) where command.hasPrefix("question."):
            let asker = whose == "own" && isLetIn ? caller : nil
            let question = JSON.integer(
                try await access.post(.question, by: asker, else: neighbour, in: session))
            let other = Someone.koffi == access.person(caller) ? Someone.awa : .koffi
            switch command {
            case "question.state": return ["id": question, "state": "answered"]
            case "question.merge":
                return ["id": question, "into": .integer(try await access.post(.question, by: other, in: session))]
            default: return ["id": question, "on": true]
            }
        case ("material.add", _):
            return ["client_id": "m", "title": "RFC 6455", "url": "https://www.rfc-editor.org/rfc/rfc6455"]
        case ("material.remove", _): return ["id": .integer(try await access.material(in: session))]
        case ("task.set", _): return ["text": "Lisez la section 1.3."]
        case ("chat.delete", let whose):
            // Who is not let in has said nothing there.
            let author = whose == "own" && isLetIn ? caller : nil
            return ["id": .integer(try await access.post(.text, by: author, else: neighbour, in: session))]
        case ("typing", _): return ["on": true]
        case ("chat.mode", _): return ["mode": "questions"]
        case ("chat.slow", _): return ["seconds": 30]
        case (let command, _) where command.hasPrefix("moderation."): return ["user_id": .integer(Someone.awa.id)]
        case ("hand", "own"): return ["up": true]
        case ("hand", "another's"): return ["up": false, "user_id": .integer(neighbour.id)]
        case ("hand", "for-another"): return ["up": true, "user_id": .integer(neighbour.id)]
        case ("reaction", _): return ["kind": "clap"]
        case ("session.end", _): return ["recording_url": "https://video.example/1"]
        case ("session.update", _): return ["title": "Autre titre"]
        case ("history", "before"): return ["before_seq": 10, "limit": 5]
        case ("history", "after"): return ["after_seq": 0]
        case ("presence.list", _): return ["after": 0, "limit": 10]
        case ("token.refresh", let whose):
            return ["token": .string(try await tokenToRefresh(whose, caller, session, access))]
        default: return [:]
        }
    }

    private static func tokenToRefresh(
        _ whose: String, _ caller: AccessTable.Caller, _ session: Int64, _ access: AccessRoom
    ) async throws -> String {
        switch whose {
        case "own": try await access.token(caller, session: session) ?? access.room.token(.awa)
        case "expired": try access.room.token(access.person(caller) ?? .awa, lasting: 0)
        case "another's": try access.room.token(caller == .teacher ? .assistant : .teacher)
        case "service's": try access.room.serviceToken()
        default: throw TestFailure("the table refreshes no token that is \(whose)")
        }
    }

    func answer() async throws -> String {
        let isInHeader = row.kind == "in-header"
        let client: WebSocketTestClient
        do {
            let headers = isInHeader ? token.map { [("Authorization", "Bearer \($0)")] } ?? [] : []
            client = try await WebSocketTestClient.open(
                port: access.room.port, path: TestHub.channelPath(session), headers: headers
            )
        } catch let refusal as WebSocketTestClient.Refusal {
            return String(refusal.response.status)
        }
        var hello: Int64?
        if row.kind != "before-hello" {
            hello = try await client.post("hello", isInHeader ? [:] : token.map { ["token": .string($0)] } ?? [:])
        }
        // Behind the hello, as a program does that does not wait for the welcome.
        let isHelloAlone = row.command == "hello" && row.kind != "again"
        let ref = isHelloAlone ? hello : try await client.post(row.command, fields)
        let first = try await client.reply(to: hello ?? ref ?? 0)
        if let code = first["error"]?["code"]?.stringValue {
            return try await refused(code, behind: hello, client)
        }
        let reply = ref == hello ? first : try await client.reply(to: ref ?? 0)
        try await client.close()
        return reply["ok"] == nil ? reply["error"]?["code"]?.stringValue ?? "no answer" : "ok"
    }

    /// The close of somebody who is not let in; nothing that they sent along is answered.
    private func refused(_ code: String, behind hello: Int64?, _ client: WebSocketTestClient) async throws -> String {
        let (bye, status) = try await client.farewell()
        #expect(bye["code"] == .integer(Int64(status)), "\(row.testDescription) as \(caller)")
        if hello != nil, let code = ErrorCode(rawValue: code) {
            #expect(CloseCode(refusing: code).rawValue == status, "\(row.testDescription) as \(caller)")
        }
        let rest = try await client.takeReceived()
        #expect(rest == [], "\(row.testDescription) as \(caller)")
        return String(status)
    }
}
