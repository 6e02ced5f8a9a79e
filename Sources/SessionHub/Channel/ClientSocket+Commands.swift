import StrictJSON
import WebSocketServer

extension ClientSocket {
    /// Carries out a command of a person who has been welcomed. What changes the session goes to its channel, in the
    /// order sent.
    func perform(_ work: ChannelWork, ref: Int64, bytes: Int, on loop: isolated EventLoop) {
        guard let caller = life.caller else { return }
        let origin = CommandOrigin(socket: id, loop: loop.index, ref: ref, bytes: bytes)
        switch work {
        case .write(let write):
            toChannel(origin, on: loop) { channel, _ in channel.submit(write, by: caller, from: origin) }
        case .change(let change):
            toChannel(origin, on: loop) { channel, loop in
                channel.make(change, by: caller, from: origin, on: loop)
            }
        case .read(let read): perform(read, ref: ref, on: loop)
        case .connection(let work): work(self, ref, loop)
        case .hello: execute(life.saidHelloAgain(ref), on: loop)
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

    private func perform(_ read: ChannelRead, ref: Int64, on loop: isolated EventLoop) {
        guard let caller = life.caller else { return }
        let (session, register) = (session, hub.services.register)
        hub.read(on: loop.index) { connection in
            let entry = try register.entry(of: caller, in: session, connection: connection)
            guard read.callers == .members || entry.isHost else { throw HubError(.forbidden) }
            let reader = ChannelReader(session: session, user: entry.person.id, isHost: entry.isHost)
            return try read.run(reader, connection)
        } then: { [id] result, station, loop in
            station.sockets[id]?.reply(to: ref, result, on: loop)
        }
    }

    func list(after: Int64, limit: Int, ref: Int64, on loop: isolated EventLoop) {
        guard let view = hub.station(on: loop).feeds[session]?.view else { return }
        let (people, more) = view.page(after: after, limit: limit)
        let answer: JSON = [
            "people": .array(people.map(\.json)), "more": .bool(more), "version": .integer(view.version),
        ]
        reply(to: ref, .success(answer), on: loop)
    }
}

extension Hub {
    /// Brings a reply to the connection that asked. It is dropped when the connection is gone.
    func reply(_ result: Result<JSON, HubError>, to origin: CommandOrigin) {
        on(origin.loop) { station, loop in station.sockets[origin.socket]?.reply(to: origin.ref, result, on: loop) }
    }
}
