import StrictJSON
import WebSocketServer

/// From the first frame to the welcome, without a hole: first the feed is registered with the journal's publisher, then
/// the welcome is read in one read transaction; events up to its seq are skipped, later ones follow from the ring.
extension ClientSocket {
    func begin(_ message: [UInt8], headerCaller: Caller?, on loop: isolated EventLoop) {
        let (command, work): (ClientCommand, ChannelWork)
        do throws(CommandRefusal) {
            command = try ClientCommand(frame: message, mostBytes: hub.services.limits.frameBytes)
            work = try hub.commands.work(for: command)
        } catch {
            reply(to: error.ref, .failure(error.error), on: loop)
            return sayBye(.noHello, on: loop)
        }
        guard case .hello(let hello) = work else {
            let error = HubError(
                .unauthenticated, field: "type", Localized(en: "Say hello first.", fr: "Envoyez d’abord hello.")
            )
            reply(to: command.ref, .failure(error), on: loop)
            return sayBye(.noHello, on: loop)
        }
        helloTimer?.cancel()
        do throws(HubError) {
            let caller = try prove(hello, headerCaller: headerCaller)
            self.caller = caller
            countDown(to: caller.expiresAt)
            phase = .admitting(pipelined: [])
            let arrival = SessionChannel.Arrival(
                origin: CommandOrigin(socket: id, loop: loop.index, ref: command.ref, bytes: message.count),
                caller: caller,
                resume: hello.resume
            )
            hub.atHome(of: session, from: loop) { [session, hub] station, loop in
                station.channel(session, hub: hub, on: loop).arrive(arrival, on: loop)
            }
        } catch {
            refused(command.ref, error, on: loop)
        }
    }

    private func prove(_ hello: Hello, headerCaller: Caller?) throws(HubError) -> Caller {
        let caller: Caller
        if let token = hello.token {
            caller = try hub.services.tokens.caller(from: token, at: hub.services.clock)
        } else if let headerCaller {
            caller = headerCaller
        } else {
            throw HubError(.unauthenticated, field: "token")
        }
        guard caller.role != .service, caller.channelSession == nil || caller.channelSession == session else {
            throw HubError(.forbidden)
        }
        return caller
    }

    func refused(_ ref: Int64, _ error: HubError, on loop: isolated EventLoop) {
        reply(to: ref, .failure(error), on: loop)
        sayBye(CloseCode(refusing: error.code), after: error.retryAfter ?? 0, on: loop)
    }

    /// The store has let the person in. Called on this socket's loop; `view` is the session's presence as of now.
    func admitted(
        _ admission: Admission, origin: CommandOrigin, resume: Hello.Resume?, view: PresenceView,
        on loop: isolated EventLoop
    ) {
        let station = hub.station(on: loop)
        isCounted = true
        caller = admission.caller
        entry = admission.entry
        let isFirstReader = station.feeds[session] == nil
        let feed = station.feed(session, hub: hub, on: loop)
        feed.add(self)
        feed.install(view)
        if isFirstReader { askForPresence(on: loop) }
        let request = Welcome.Request(
            session: session, caller: admission.caller, resume: resume, epoch: hub.epoch,
            moment: hub.services.clock.moment,
            windows: hub.services.windows, tail: feed.welcomeTail(),
            reader: hub.reader, commands: hub.commands
        )
        hub.read(on: loop.index) { connection in
            try Welcome.read(request, in: connection)
        } then: { [id] result, station, loop in
            station.sockets[id]?.welcome(result, ref: origin.ref, on: loop)
        }
    }

    /// Before this loop listened, a diff newer than the view that came along may have passed it by: the home is asked once
    /// more, and everything after its answer follows it on the same way.
    private func askForPresence(on loop: isolated EventLoop) {
        let (session, hub, index) = (session, hub, loop.index)
        hub.atHome(of: session, from: loop) { station, _ in
            guard let view = station.channels[session]?.presence.view else { return }
            hub.on(index) { station, loop in station.feeds[session]?.refresh(view, on: loop) }
        }
    }

    private func welcome(_ result: Result<Welcome, HubError>, ref: Int64, on loop: isolated EventLoop) {
        guard case .admitting(let pipelined) = phase else { return }
        switch result {
        case .failure(let error): refused(ref, error, on: loop)
        case .success(let welcome):
            guard let feed = hub.station(on: loop).feeds[session], let view = feed.view, let entry else { return }
            phase = .joined
            startReading(at: welcome.seq, presence: view.version, ephemeral: feed.ephemeral.version)
            let frame = welcome.frame(
                ref: ref, presence: view.snapshot(for: entry), limits: hub.services.limits.json,
                now: hub.services.clock.now
            )
            write(frame, on: loop)
            watchExpiry(on: loop)
            // Changed between admission and welcome, and perhaps told before this socket could be found by its person.
            if welcome.entry != entry { checkAccess(on: loop) }
            for message in pipelined { received(message, on: loop) }
            if canReceive { drained(on: loop) }
        }
    }

    // MARK: - Authority that changes

    private func countDown(to end: Timestamp) {
        let moment = hub.services.clock.moment
        tokenEnd = moment.steady + (end - moment.wall)
    }

    /// Announces the token's end a minute before, and says bye at it.
    func watchExpiry(on loop: isolated EventLoop) {
        expiryTimer?.cancel()
        guard case .joined = phase, let tokenEnd else { return }
        let left = tokenEnd - hub.services.clock.steady
        if left <= 0 { return sayBye(.tokenExpired, on: loop) }
        var next = left
        if left <= 60_000 {
            write(ServerMessage.tokenExpiring(in: left), on: loop)
        } else {
            next = min(left - 60_000, 3_600_000)
        }
        expiryTimer = loop.schedule(after: .milliseconds(next)) { self.watchExpiry(on: loop) }
    }

    /// Takes a newer token once the store has said that it is one; a refused one changes nothing.
    func refresh(_ token: String, ref: Int64, on loop: isolated EventLoop) {
        do throws(HubError) {
            let fresh = try hub.services.tokens.caller(from: token, at: hub.services.clock)
            guard fresh.userID == userID, fresh.channelSession == nil || fresh.channelSession == session else {
                throw HubError(.forbidden, field: "token")
            }
            let identities = hub.services.identities
            hub.read(on: loop.index) { connection in
                _ = try identities.resolve(fresh, in: connection)
            } then: { [id] result, station, loop in
                station.sockets[id]?.refreshed(fresh, result, ref: ref, on: loop)
            }
        } catch {
            reply(to: ref, .failure(error), on: loop)
        }
    }

    private func refreshed(_ fresh: Caller, _ result: Result<Void, HubError>, ref: Int64, on loop: isolated EventLoop) {
        if case .failure(let error) = result { return reply(to: ref, .failure(error), on: loop) }
        caller = fresh
        countDown(to: fresh.expiresAt)
        watchExpiry(on: loop)
        reply(to: ref, .success(["expires_at": .string(fresh.expiresAt.text)]), on: loop)
        checkAccess(on: loop)
    }

    /// Asks the store again what this person may; what has ended closes the connection.
    ///
    /// One question at a time: two answers could come in the wrong order, and the older one stay.
    func checkAccess(on loop: isolated EventLoop) {
        guard let caller else { return }
        guard !isCheckingAccess else { return mustCheckAgain = true }
        (isCheckingAccess, mustCheckAgain) = (true, false)
        let (id, session, identities) = (id, session, hub.services.identities)
        hub.read(on: loop.index) { connection -> Presence.Entry in
            // Nil: the token is newer than the row and changes it at its next use.
            let known = try identities.resolve(caller, in: connection) ?? caller
            let access = try SessionAccess.load(
                session: session, for: known, in: connection
            )
            guard let role = access.role else { throw HubError(.notEnrolled) }
            return Presence.Entry(person: access.user, role: role)
        } then: { result, station, loop in
            station.sockets[id]?.accessChecked(result, on: loop)
        }
    }

    private func accessChecked(_ result: Result<Presence.Entry, HubError>, on loop: isolated EventLoop) {
        isCheckingAccess = false
        if mustCheckAgain { return checkAccess(on: loop) }
        switch result {
        case .failure(let error) where error.code == .storeUnavailable: break
        case .failure(let error): sayBye(CloseCode(refusing: error.code), on: loop)
        // Bound to the platform's id since: they come back under that one.
        case .success(let entry) where entry.person.id != userID: sayBye(.resyncNeeded, on: loop)
        case .success(let entry):
            guard isCounted, entry != self.entry else { return }
            self.entry = entry
            hub.atHome(of: session, from: loop) { [session] station, loop in
                station.channels[session]?.changed(entry, on: loop)
            }
        }
    }
}
