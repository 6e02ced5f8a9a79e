import WebSocketServer

/// The realtime side of one live session: who is present, and the way of every command to the journal.
///
/// It lives on the session's home loop while somebody is there. Its own checks only save work: the rules that decide
/// are read again in the writer's transaction. Commands of one connection reach the journal in the order sent, because
/// everything between is a queue.
final class SessionChannel {
    struct Arrival: Sendable, Equatable {
        let origin: CommandOrigin
        let caller: Caller
        let resume: Hello.Resume?
    }

    let session: Int64
    let hub: Hub
    var presence: Presence
    /// The admitted connections of each person, the oldest first.
    private var connections: [Int64: [(socket: UInt64, loop: Int)]] = [:]
    /// People whose newest arrival is owed to the store (`SessionChannel+Outage.swift`).
    var owedArrivals: Set<Int64> = []
    let states: EphemeralStates
    /// Whether the class is live; nil until the store has let somebody in or an event has said so. From the first word
    /// on only events count: an admission may be older than one that has come before it.
    var isLive: Bool?
    private var tickTimer: LoopTimer?
    var overTimer: LoopTimer?
    /// Whether the loop hears the class's events: while somebody is at this hub. Of a class whose people are all at
    /// other hubs only the presence is kept.
    var isListening = false

    init(session: Int64, hub: Hub) {
        self.session = session
        self.hub = hub
        presence = Presence(grace: hub.services.windows.grace)
        states = hub.commands.makeStates()
    }

    /// The time by the steady clock: presence, graces and limits must not follow a wall clock that is set.
    var now: Timestamp { hub.services.clock.steady }

    // MARK: - Coming and going

    /// Takes a verified hello: holds the place, then asks the store.
    func arrive(_ arrival: Arrival, on loop: isolated EventLoop) {
        listen(on: loop)
        presence.arriving(arrival.caller.userID)
        guard hub.journal.isWritable else { return arriveInOutage(arrival, on: loop) }
        admit(arrival, in: .session(session), on: loop)
    }

    /// Asks the store to admit the person, in a scope with the Directory when the token changes something there.
    private func admit(_ arrival: Arrival, in scope: JournalScope, on loop: isolated EventLoop) {
        let (session, hub, home, register) = (session, hub, loop.index, hub.services.register)
        hub.journal.submit(scope, bytes: arrival.origin.bytes) { transaction in
            let admission = try register.admit(arrival.caller, to: session, in: transaction)
            return (admission, transaction.moment.steady)
        } late: { admission, steady in
            if let admission { hub.admittedLate(admission.caller.userID, to: session, at: steady) }
        } completion: { result in
            let result = result.map(\.0)
            hub.on(home) { station, loop in
                let channel = station.channels[session]
                switch result {
                case .success(nil): channel?.admit(arrival, in: .directoryAndSessions, on: loop)
                case .success(let admission?): channel?.decided(arrival, .success(admission), on: loop)
                case .failure(let error) where error.code == .storeUnavailable:
                    channel?.arriveInOutage(arrival, on: loop)
                case .failure(let error): channel?.decided(arrival, .failure(error), on: loop)
                }
            }
        }
    }

    func decided(_ arrival: Arrival, _ result: Result<Admission, HubError>, on loop: isolated EventLoop) {
        let origin = arrival.origin
        switch result {
        case .failure(let error):
            presence.refused(arrival.caller.userID, now: now)
            holdIfLost(arrival.caller.userID)
            hub.on(origin.loop) { station, loop in
                station.sockets[origin.socket]?.refused(origin.ref, error, on: loop)
            }
        case .success(let admission):
            let user = admission.caller.userID
            presence.connected(admission.entry)
            isLive = isLive ?? admission.isLive
            // An older token names an id that was bound to the platform's since: its place is freed.
            if user != arrival.caller.userID { presence.refused(arrival.caller.userID, now: now) }
            connections[user, default: []].append((origin.socket, origin.loop))
            closeOldest(of: user)
            if let end = admission.classEnd, overTimer == nil { closeAfterTalk(since: end, on: loop) }
            tickSoon(on: loop)
            let (session, hub, view) = (session, hub, presence.view)
            hub.on(origin.loop) { station, loop in
                if let socket = station.sockets[origin.socket] {
                    socket.admitted(admission, origin: origin, resume: arrival.resume, view: view, on: loop)
                } else {
                    hub.atHome(of: session, from: loop) { station, loop in
                        station.channels[session]?.disconnected(user, socket: origin.socket, on: loop)
                    }
                }
            }
        }
        tickSoon(on: loop)
    }

    /// Closes the oldest connection of a person who has more to this session than the limit allows.
    private func closeOldest(of user: Int64) {
        let limit = hub.services.limits.connectionsPerUser
        guard limit > 0, let all = connections[user], all.count > limit else { return }
        for oldest in all.prefix(all.count - limit) {
            hub.on(oldest.loop) { station, loop in
                station.sockets[oldest.socket]?.sayBye(.tooManyConnections, on: loop)
            }
        }
    }

    /// - Parameters: as of `Presence.disconnected`.
    func disconnected(
        _ user: Int64, socket: UInt64, seen: Timestamp? = nil, isSentAway: Bool = false, on loop: isolated EventLoop
    ) {
        guard let index = connections[user]?.firstIndex(where: { $0.socket == socket }) else { return }
        connections[user]?.remove(at: index)
        if connections[user]?.isEmpty == true { connections[user] = nil }
        if connections[user] == nil { states.left(user, now: now) }
        presence.disconnected(user, seen: seen, isSentAway: isSentAway, now: now)
        holdIfLost(user)
        tickSoon(on: loop)
    }

    /// Holds the attendance of somebody whose last connection is lost. A later arrival is written after this.
    private func holdIfLost(_ user: Int64) {
        guard let at = presence.lostAt(of: user) else { return }
        owedArrivals.remove(user)
        let (session, register) = (session, hub.services.register)
        hub.journal.owe(.session(session)) { transaction in
            try register.hold(user, in: session, at: at, in: transaction)
        }
    }

    // MARK: - The tick

    /// The first change goes out at once. What follows before the next tick goes out together.
    func tickSoon(on loop: isolated EventLoop) {
        guard tickTimer == nil else { return }
        tick(on: loop)
    }

    private func tick(on loop: isolated EventLoop) {
        tickTimer = nil
        let session = session
        for departure in presence.expire(now: now) { depart(departure) }
        if let diff = presence.tick() {
            hub.onListeners(of: session) { station, loop in station.feeds[session]?.apply(diff, on: loop) }
        }
        for (kind, frame) in states.changedFrames(now: now) {
            hub.onListeners(of: session) { station, loop in station.feeds[session]?.show(frame, of: kind, on: loop) }
        }
        if !presence.isAnybodyHere { stopListening(on: loop) }
        if presence.isEmpty {
            hub.station(on: loop).dropChannel(session)
        } else {
            let period: Duration = presence.view.people.count > 500 ? .seconds(1) : .milliseconds(250)
            tickTimer = loop.schedule(after: period) { [weak self] in self?.tickAgain(on: loop) }
        }
    }

    /// Ticks again while something waits. A quiet channel has no timer, and an empty one is dropped.
    private func tickAgain(on loop: isolated EventLoop) {
        tickTimer = nil
        if presence.needsTick || states.needsTick || presence.isEmpty { tick(on: loop) }
    }

    /// Writes the end of somebody's stay, as soon as the store takes it.
    private func depart(_ departure: Presence.Departure) {
        let (session, register) = (session, hub.services.register)
        hub.journal.owe(.session(session)) { transaction in
            try register.depart(departure.user, from: session, at: departure.lostAt, in: transaction)
        }
    }

    // MARK: - Commands

    /// Hands a command to the writer. Its reply follows the commit.
    func submit(_ write: ChannelWrite, by caller: Caller, from origin: CommandOrigin) {
        let (call, hub) = (call(by: caller), hub)
        do throws(HubError) {
            try write.limit?.admit(caller, to: session)
        } catch {
            return hub.reply(.failure(error), to: origin)
        }
        write.touch(call, states)
        hub.journal.submit(.session(session), bytes: origin.bytes, post: write.post(call)) { transaction in
            try write.run(call, transaction)
        } completion: { [session] result in
            if case .failure = result { write.limit?.giveBack(to: session) }
            hub.reply(result, to: origin)
        }
    }

    func make(_ change: ChannelChange, by caller: Caller, from origin: CommandOrigin, on loop: isolated EventLoop) {
        let (call, states) = (call(by: caller), states)
        let isAllowed = change.callers == .members || presence.entry(of: caller.userID)?.isHost == true
        let result = Result { () throws(HubError) in
            guard isAllowed else { throw HubError(.forbidden) }
            try change.limit?.admit(caller, to: session)
            return try change.run(call, states)
        }
        hub.reply(result, to: origin)
        if case .success = result, presence.isAnybodyElsewhere { hub.tell(change.command, by: caller, in: session) }
        tickSoon(on: loop)
    }

    func call(by caller: Caller) -> ChannelCall {
        ChannelCall(session: session, caller: caller, isLive: isLive == true, steady: now)
    }

    // MARK: - What the journal says

    func observe(_ event: ServerEvent, on loop: isolated EventLoop) {
        switch event.kind.effect {
        case .begins: isLive = true
        case .closesLater:
            isLive = false
            closeAfterTalk(since: now, on: loop)
        case .opensAgain:
            isLive = true
            overTimer?.cancel()
            overTimer = nil
            attendAgain(since: event.at)
        case .none, .closes: break
        }
    }

    /// After a reopening those who are here take their places again. Nobody is turned away: all were in before.
    private func attendAgain(since reopening: Timestamp) {
        let (session, users, register) = (session, Array(connections.keys), hub.services.register)
        hub.journal.owe(.session(session)) { transaction in
            try register.seatAgain(users, in: session, since: reopening, connection: transaction.connection)
        }
    }

    /// Closes the channel when people have had a while to read and to finish the chat.
    private func closeAfterTalk(since end: Timestamp, on loop: isolated EventLoop) {
        overTimer?.cancel()
        let wait = max(0, end + hub.services.windows.aftertalk - now)
        let (session, hub) = (session, hub)
        overTimer = loop.schedule(after: .milliseconds(wait)) {
            hub.onListeners(of: session) { station, loop in station.feeds[session]?.close(.normal, on: loop) }
        }
    }
}
