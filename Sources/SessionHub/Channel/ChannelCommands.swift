import Database
import StrictJSON
import WebSocketServer

/// The commands that belong to no feature: the way in, the journal's history, presence, the token, and the clock.
struct ChannelCommands: Sendable {
    let limits: HubLimits
    let reader: EventReader

    func add(to channel: inout ChannelAPI) {
        let (most, events) = (limits.history, reader)
        channel.addPresenceChanges()
        channel.hello("hello") { fields throws(HubError) in try Hello(fields) }
        channel.read("history", for: .members) { fields throws(HubError) in
            try HistoryRange(fields, most: most)
        } work: { range, reader, connection in
            try range.answer(to: reader, from: events, in: connection)
        }
        channel.connection("presence.list") { fields throws(HubError) in
            try (
                after: fields.integer("after", in: 0...Int64.max) ?? 0,
                limit: Int(fields.integer("limit", in: 1...200) ?? 200)
            )
        } work: { range, socket, ref, loop in
            socket.list(after: range.after, limit: range.limit, ref: ref, on: loop)
        }
        channel.connection("token.refresh") { fields throws(HubError) in
            try fields.required("token", fields.text("token", .exact, limit: 8192))
        } work: { token, socket, ref, loop in
            socket.refresh(token, ref: ref, on: loop)
        }
        channel.connection("ping") { _ throws(HubError) in
        } work: { _, socket, ref, loop in
            socket.reply(to: ref, .success(["server_time": .string(socket.hub.services.clock.now.text)]), on: loop)
        }
    }
}
