import StrictJSON
import WebSocketServer

/// The journal's pages, for a reader who has fallen out of the ring.
extension ClientSocket {
    func readJournal(on loop: isolated EventLoop) {
        let last = hub.station(on: loop).feeds[session]?.ring.last
        execute(life.fellBehind(at: cursor, last: last), on: loop)
    }

    func readPage(on loop: isolated EventLoop) {
        let (id, session, cursor, reader) = (id, session, cursor, hub.reader)
        hub.read(on: loop.index) { connection in
            try reader.events(session: session, after: cursor, limit: 200, in: connection)
        } then: { result, station, loop in
            station.sockets[id]?.take(page: result, on: loop)
        }
    }

    private func take(page: Result<[ServerEvent], HubError>, on loop: isolated EventLoop) {
        let events = try? page.get()
        execute(life.pageCame(isThere: events != nil), on: loop)
        // A page that comes while the person's rights are asked for is read again when they are known.
        guard life.isReading, let events else { return }
        var builder = EventFrameBuilder(limit: 64 * 1024)
        for event in events where event.seq > cursor {
            guard builder.add(event.json(for: userID, isHost: isHost).encoded(), seq: event.seq) else { break }
        }
        if let run = builder.finish() { send(OutgoingFrame(run.frame), through: run.last, on: loop) }
        if !connection.isBlocked { drained(on: loop) }
    }
}
