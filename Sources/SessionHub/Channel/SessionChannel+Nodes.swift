import WebSocketServer

/// What a class shows of people who are at other hubs, and what other hubs must know of those who are here.
extension SessionChannel {
    func changed(_ entry: Presence.Entry, on loop: isolated EventLoop) {
        if hub.journal.log != nil {
            let (session, register) = (session, hub.services.register)
            hub.journal.submit(.session(session)) { transaction in
                try register.change(entry, in: session, transaction)
            } completion: { _ in
                // The others show the person as before, until the next change.
            }
        }
        presence.update(entry)
        tickSoon(on: loop)
    }

    func listen(on loop: isolated EventLoop) {
        guard !isListening else { return }
        isListening = true
        hub.listen(to: session, on: loop)
    }

    /// Nobody is at this hub any more. What was known of the class may change unheard from here on.
    func stopListening(on loop: isolated EventLoop) {
        overTimer?.cancel()
        overTimer = nil
        isLive = nil
        guard isListening else { return }
        isListening = false
        hub.station(on: loop).stopListening(session, hub: hub, on: loop)
    }

    /// Makes a change that another hub has taken.
    func make(_ change: ChannelChange, by caller: Caller, on loop: isolated EventLoop) {
        // The word of a hint is not taken for who is there, and may come after they have left.
        guard let entry = presence.entry(of: caller.userID), change.callers == .members || entry.isHost else { return }
        // A refusal here is one of time: the class has ended meanwhile.
        _ = try? change.run(call(by: caller), states)
        tickSoon(on: loop)
    }

    /// A hub that serves no more has no place here any more.
    func emptied(_ node: String, on loop: isolated EventLoop) {
        presence.emptied(node, now: now)
        tickSoon(on: loop)
    }

    /// Gives somebody whose hub is gone the grace, from now on.
    func keepOrphan(_ entry: Presence.Entry) {
        presence.keep(entry, since: now, until: now + hub.services.windows.grace)
    }

    func keep(_ places: [KeptPlace], since restart: Timestamp, until end: Timestamp, on loop: isolated EventLoop) {
        for place in places {
            if let node = place.node {
                presence.placed(place.entry, at: node)
            } else {
                listen(on: loop)
                presence.keep(place.entry, since: restart, until: end)
            }
            presence.hand(of: place.entry.person.id, at: place.hand)
        }
        tickSoon(on: loop)
    }
}
