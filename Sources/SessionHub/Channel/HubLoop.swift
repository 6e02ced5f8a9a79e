import WebSocketServer

/// What one loop holds of the hub: its sockets, the feeds of the sessions that they read, and the channels at home
/// here.
final class HubLoop {
    private(set) var feeds: [Int64: SessionFeed] = [:]
    private(set) var channels: [Int64: SessionChannel] = [:]
    private(set) var sockets: [UInt64: ClientSocket] = [:]
    private(set) var isStopping = false
    /// Whether the store cannot be written, as far as this loop has heard.
    private(set) var isDegraded = false
    private var probeTimer: LoopTimer?
    /// The sessions whose rings have grown since the last flush. In `closing` are those whose channel closes after it.
    private var unsent: Set<Int64> = []
    private var closing: [Int64: CloseCode] = [:]
    private var isFlushQueued = false
    private var pacing = FlushPacing()

    // MARK: - Sockets

    func add(_ socket: ClientSocket) { sockets[socket.id] = socket }

    func remove(_ socket: ClientSocket) { sockets[socket.id] = nil }

    /// The people who have an open channel on this loop.
    var people: Set<Int64> { Set(sockets.values.lazy.filter(\.life.isCounted).map(\.userID)) }

    // MARK: - Feeds and channels

    /// The feed of a session on this loop. For the first reader it is made and registered with the journal's publisher.
    func feed(_ session: Int64, hub: Hub, on loop: isolated EventLoop) -> SessionFeed {
        if let feed = feeds[session] { return feed }
        let feed = SessionFeed(session: session)
        feeds[session] = feed
        hub.listen(to: session, on: loop)
        return feed
    }

    func dropFeedIfUnread(_ session: Int64, hub: Hub, on loop: isolated EventLoop) {
        guard let feed = feeds[session], feed.readers.isEmpty else { return }
        feeds[session] = nil
        stopListening(session, hub: hub, on: loop)
    }

    /// Hears no more of a session in which nobody here is interested.
    func stopListening(_ session: Int64, hub: Hub, on loop: isolated EventLoop) {
        guard feeds[session] == nil, channels[session]?.isListening != true else { return }
        hub.stopListening(to: session, on: loop)
    }

    /// The channel of a session whose home is this loop. It is made for the first who arrives, here or at another hub.
    func channel(_ session: Int64, hub: Hub, on loop: isolated EventLoop) -> SessionChannel {
        if let channel = channels[session] { return channel }
        let channel = SessionChannel(session: session, hub: hub)
        channels[session] = channel
        return channel
    }

    func dropChannel(_ session: Int64) { channels[session] = nil }

    // MARK: - From the journal

    /// Takes the events of one commit into the rings. They are sent a job later, so that everything that was committed
    /// while this loop was busy goes out in one frame: batching grows with the load, and costs nothing without.
    func deliver(_ events: [PublishedEvent], hub: Hub, on loop: isolated EventLoop) {
        for published in events {
            let session = published.event.session
            channels[session]?.observe(published.event, on: loop)
            guard let feed = feeds[session] else { continue }
            feed.append(published)
            unsent.insert(session)
            if case .closes(let code) = published.event.kind.effect { closing[session] = code }
        }
        guard !unsent.isEmpty, !isFlushQueued else { return }
        isFlushQueued = true
        let pause = pacing.pause(at: loop.elapsed)
        if pause > 0 {
            loop.pause(milliseconds: pause) { [weak self] in self?.flush(on: loop) }
        } else {
            hub.on(loop.index) { station, loop in station.flush(on: loop) }
        }
    }

    private func flush(on loop: isolated EventLoop) {
        isFlushQueued = false
        let start = loop.elapsed
        var batch = 0
        for session in unsent { batch = max(batch, feeds[session]?.flush(on: loop) ?? 0) }
        pacing.flushed(from: start, to: loop.elapsed, batch: batch)
        unsent = []
        // Each loop closes its readers itself. The session's home must not: its job could overtake the event on its way
        // to another loop.
        for (session, code) in closing { feeds[session]?.close(code, on: loop) }
        closing = [:]
    }

    /// Takes the signals of one commit. The sockets of changed people are found by looking at all of them: a table
    /// would cost memory for each connection, for something that is rare.
    func react(to signals: [HubSignal], hub: Hub, on loop: isolated EventLoop) {
        var changed: Set<Int64> = []
        var isEverybodyChanged = false
        for signal in signals {
            switch signal {
            case .sessionGone(let session): feeds[session]?.close(.sessionGone, on: loop)
            case .accessChanged(let users):
                // An import may name tens of thousands of people: the set is taken over without a copy.
                if changed.isEmpty { changed = users } else { changed.formUnion(users) }
            case .nodeEmptied(let node): for channel in channels.values { channel.emptied(node, on: loop) }
            case .everybodyChanged: isEverybodyChanged = true
            case .storeWritable(let isWritable): setDegraded(!isWritable, hub: hub, on: loop)
            }
        }
        guard !changed.isEmpty || isEverybodyChanged else { return }
        for feed in feeds.values { feed.forgetWelcomeCache() }
        for socket in Array(sockets.values)
        where socket.life.isCounted && (isEverybodyChanged || changed.contains(socket.userID)) {
            socket.checkAccess(on: loop)
        }
    }

    private func setDegraded(_ on: Bool, hub: Hub, on loop: isolated EventLoop) {
        isDegraded = on
        for socket in Array(sockets.values) { socket.sendDegraded(on: loop) }
        if loop.index == 0 { probe(after: .seconds(1), hub: hub, on: loop) }
    }

    /// Tries to write while the store cannot be written: after a second at first, every five seconds in the end. One
    /// loop does it for all.
    private func probe(after delay: Duration, hub: Hub, on loop: isolated EventLoop) {
        probeTimer?.cancel()
        guard isDegraded else { return }
        probeTimer = loop.schedule(after: delay) {
            hub.journal.probe { _ in
                let next = min(delay * 2, .seconds(5))
                hub.on(loop.index) { station, loop in station.probe(after: next, hub: hub, on: loop) }
            }
        }
    }

    // MARK: - Stop

    /// Sends everybody away, each with a time of their own to come back. Places are kept, and nobody departs.
    ///
    /// - Parameters:
    ///   - first: the milliseconds after which the first may come back.
    ///   - step: the milliseconds between one and the next.
    func sendAway(first: Int64, step: Int64, on loop: isolated EventLoop) {
        isStopping = true
        var slot = first
        for socket in Array(sockets.values) {
            socket.sayBye(.restart, after: slot, on: loop)
            slot += step
        }
    }
}
