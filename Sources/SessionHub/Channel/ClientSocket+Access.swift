import WebSocketServer

/// Authority that changes while the connection is open: another token, another role, an enrollment that has ended.
extension ClientSocket {
    /// Takes a newer token once the store has said that it counts. A refused token changes nothing.
    func refresh(_ token: String, ref: Int64, on loop: isolated EventLoop) {
        do throws(HubError) {
            let register = hub.services.register
            let fresh = try register.caller(from: token)
            try life.requireSamePerson(fresh)
            hub.read(on: loop.index) { connection in
                try register.requireValid(fresh, in: connection)
            } then: { [id] result, station, loop in
                station.sockets[id]?.refreshed(fresh, result, ref: ref, on: loop)
            }
        } catch {
            reply(to: ref, .failure(error), on: loop)
        }
    }

    private func refreshed(_ fresh: Caller, _ result: Result<Void, HubError>, ref: Int64, on loop: isolated EventLoop) {
        if case .failure(let error) = result { return reply(to: ref, .failure(error), on: loop) }
        execute(life.renewed(fresh, ref: ref, at: hub.services.clock.moment), on: loop)
    }

    /// Asks the store again what this person may.
    func checkAccess(on loop: isolated EventLoop) {
        heldThrough = hub.station(on: loop).feeds[session]?.ring.last ?? 0
        execute(life.checkAccess(), on: loop)
    }

    func askAccess(on loop: isolated EventLoop) {
        guard let caller = life.caller else { return }
        let (id, session, register) = (id, session, hub.services.register)
        hub.read(on: loop.index) { connection in
            try register.entry(of: caller, in: session, connection: connection)
        } then: { result, station, loop in
            guard let socket = station.sockets[id] else { return }
            socket.execute(socket.life.accessChecked(result), on: loop)
        }
    }

    /// The last events of somebody who goes: a host's reason, their new role, the end of the class.
    func showRest(isOutsider: Bool, on loop: isolated EventLoop) {
        guard let ring = hub.station(on: loop).feeds[session]?.ring, let last = ring.last, ring.reaches(cursor) else {
            return
        }
        let end = isOutsider ? min(last, heldThrough) : last
        while cursor < end, !connection.isBlocked,
            let run = ring.run(after: cursor, through: end, user: userID, isHost: false)
        {
            send(OutgoingFrame(run.frame), through: run.last, on: loop)
        }
    }

    func tellChange(_ entry: Presence.Entry, on loop: isolated EventLoop) {
        hub.atHome(of: session, from: loop) { [session] station, loop in
            station.channels[session]?.changed(entry, on: loop)
        }
    }
}
