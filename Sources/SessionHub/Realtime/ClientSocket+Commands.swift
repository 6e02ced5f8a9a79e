import StrictJSON
import WebSocketServer

/// Where a command came from, so that its reply finds the way back.
struct CommandOrigin: Sendable {
    let socket: UInt64
    let loop: Int
    let ref: Int64
    /// Of its frame.
    let bytes: Int
}

extension ClientSocket {
    /// One command of a person who has been welcomed. What changes the session goes to its channel, in the order sent.
    func perform(_ command: ClientCommand, bytes: Int, on loop: isolated EventLoop) {
        guard let caller else { return }
        let origin = CommandOrigin(socket: id, loop: loop.index, ref: command.ref, bytes: bytes)
        switch command.body {
        case .chatPost(let post):
            toChannel(origin, on: loop) { channel, loop in channel.post(post, by: caller, from: origin, on: loop) }
        case .chatDelete(let id):
            toChannel(origin, on: loop) { channel, _ in channel.delete(message: id, by: caller, from: origin) }
        case .typing(let on):
            let user = userID
            toChannel(origin, on: loop) { channel, loop in channel.setTyping(user, on, on: loop) }
            reply(to: command.ref, .success([:]), on: loop)
        case .sessionStart, .sessionEnd, .sessionUpdate:
            toChannel(origin, on: loop) { channel, _ in channel.steer(command.body, by: caller, from: origin) }
        case .history(let range): history(range, ref: command.ref, on: loop)
        case .presenceList(let after, let limit): list(after: after, limit: limit, ref: command.ref, on: loop)
        case .tokenRefresh(let token): refresh(token, ref: command.ref, on: loop)
        case .ping:
            reply(to: command.ref, .success(["server_time": .string(hub.services.clock.now.text)]), on: loop)
        case .hello:
            let error = HubError(.conflict, Localized(en: "Hello was said already.", fr: "Hello a déjà été dit."))
            reply(to: command.ref, .failure(error), on: loop)
        }
    }

    private func toChannel(
        _ origin: CommandOrigin, on loop: isolated EventLoop,
        _ work: @escaping @Sendable (SessionChannel, isolated EventLoop) -> Void
    ) {
        hub.atHome(of: session, from: loop) { [session, hub] station, loop in
            if let channel = station.channels[session] {
                work(channel, loop)
            } else {
                hub.reply(.failure(HubError(.sessionNotFound)), to: origin)
            }
        }
    }

    private func history(_ range: ClientCommand.HistoryRange, ref: Int64, on loop: isolated EventLoop) {
        let (id, session, user, isHost) = (id, session, userID, isHost)
        hub.read(on: loop.index) { connection -> JSON in
            switch range {
            case .before(let seq, let limit):
                let events = try JournalStore.newest(session: session, before: seq, limit: limit + 1, in: connection)
                let page = HistoryPage.bounded(events.suffix(limit).reversed(), user: user, isHost: isHost)
                return ["events": .array(page.reversed()), "more": .bool(events.count > page.count)]
            case .after(let seq, let limit):
                let events = try JournalStore.events(session: session, after: seq, limit: limit + 1, in: connection)
                let page = HistoryPage.bounded(Array(events.prefix(limit)), user: user, isHost: isHost)
                return ["events": .array(page), "more": .bool(events.count > page.count)]
            }
        } then: { result, station, loop in
            station.sockets[id]?.reply(to: ref, result, on: loop)
        }
    }

    private func list(after: Int64, limit: Int, ref: Int64, on loop: isolated EventLoop) {
        guard let view = hub.station(on: loop).feeds[session]?.view else { return }
        let (people, more) = view.page(after: after, limit: limit)
        let answer: JSON = [
            "people": .array(people.map(\.json)), "more": .bool(more), "version": .integer(view.version),
        ]
        reply(to: ref, .success(answer), on: loop)
    }
}

/// Bounds what one answer of events may hold.
enum HistoryPage {
    /// As many of the events, from the first on, as fit into 256 KiB; at least one.
    static func bounded(_ events: some Sequence<ServerEvent>, user: Int64, isHost: Bool) -> [JSON] {
        var page: [JSON] = []
        var size = 0
        for event in events {
            let json = event.json(for: user, isHost: isHost)
            size += json.encoded().count
            if !page.isEmpty, size > 256 * 1024 { break }
            page.append(json)
        }
        return page
    }
}

extension Hub {
    /// Brings a reply to the connection that asked; dropped when it is gone.
    func reply(_ result: Result<JSON, HubError>, to origin: CommandOrigin) {
        on(origin.loop) { station, loop in station.sockets[origin.socket]?.reply(to: origin.ref, result, on: loop) }
    }
}
