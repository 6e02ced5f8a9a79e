import HTTPTypes
import StrictJSON

/// Reading a session's chat and its journal over REST, for members.
struct ChatRoutes: Sendable {
    private let reader: EventReader

    init(reader: EventReader) { self.reader = reader }

    func add(to api: inout API) {
        api.add(.get, "/api/live-sessions/{sessionId:int}/chat", for: .members, messages)
        api.add(.get, "/api/live-sessions/{sessionId:int}/events", for: .members, events)
    }

    /// The newest messages, those before a seq, or the next after one, always ascending.
    private func messages(_ call: Call, _ entrance: Entrance<SessionAccess>) async throws -> Reply {
        let caller = call.caller
        let limit = Int(try call.limit(most: 200, standard: 100))
        // One more than asked for shows whether there are more.
        let query = ChatStore.Query(
            session: entrance.id, kind: try call.word("type", as: ChatContent.Kind.self),
            after: try call.number("after_seq", in: 0...Int64.max),
            before: try call.number("before_seq", in: 1...Int64.max),
            limit: limit + 1
        )
        return try await entrance.read { access, connection in
            let rows = try ChatStore.messages(query, reader: caller.userID, isHost: access.isHost, in: connection)
            let page = query.after == nil ? rows.suffix(limit) : rows.prefix(limit)
            return Reply([
                "messages": .array(page.map { $0.json(for: caller.userID) }), "more": .bool(rows.count > limit),
                "seq": .integer(access.session.headSeq),
            ])
        }
    }

    /// The journal after a seq. The answer's `seq` is the position to ask from next.
    private func events(_ call: Call, _ entrance: Entrance<SessionAccess>) async throws -> Reply {
        let (id, caller, reader) = (entrance.id, call.caller, reader)
        let after = try call.number("after_seq", in: 0...Int64.max) ?? 0
        let limit = Int(try call.limit(most: 200, standard: 100))
        return try await entrance.read { access, connection in
            let events = try reader.events(session: id, after: after, limit: limit + 1, in: connection)
            let page = HistoryPage.bounded(events.prefix(limit), user: caller.userID, isHost: access.isHost)
            let position = page.isEmpty ? after : events[page.count - 1].seq
            return Reply([
                "events": .array(page), "more": .bool(events.count > page.count), "seq": .integer(position),
            ])
        }
    }
}
