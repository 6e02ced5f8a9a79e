import StrictJSON
import WebSocketServer

/// The way from the first frame to the welcome, on which no event is lost. First the feed is registered with the
/// journal's publisher, then the welcome is read in one read transaction. Events up to its seq are skipped, and later
/// ones follow from the ring.
extension ClientSocket {
    func readHello(_ message: [UInt8], on loop: isolated EventLoop) {
        let (command, work): (ClientCommand, ChannelWork)
        do throws(CommandRefusal) {
            (command, work) = try read(message)
        } catch {
            return execute(life.missedHello(error.ref, error.error), on: loop)
        }
        guard case .hello(let hello) = work else {
            let error = HubError(
                .unauthenticated, field: "type", Localized(en: "Say hello first.", fr: "Envoyez d’abord hello.")
            )
            return execute(life.missedHello(command.ref, error), on: loop)
        }
        let origin = CommandOrigin(socket: id, loop: loop.index, ref: command.ref, bytes: message.count)
        let moment = hub.services.clock.moment
        execute(life.saidHello(origin, resume: hello.resume, as: caller(of: hello), at: moment), on: loop)
    }

    private func caller(of hello: Hello) -> Result<Caller?, HubError> {
        Result { () throws(HubError) in
            guard let token = hello.token else { return nil }
            return try hub.services.register.caller(from: token)
        }
    }

    func arrive(_ arrival: SessionChannel.Arrival, on loop: isolated EventLoop) {
        hub.atHome(of: session, from: loop) { [session, hub] station, loop in
            station.channel(session, hub: hub, on: loop).arrive(arrival, on: loop)
        }
    }

    func refused(_ ref: Int64, _ error: HubError, on loop: isolated EventLoop) {
        execute(life.refused(ref, error), on: loop)
    }

    /// The store has let the person in. Called on this socket's loop; `view` is the session's presence as of now.
    func admitted(
        _ admission: Admission, origin: CommandOrigin, resume: Hello.Resume?, view: PresenceView,
        on loop: isolated EventLoop
    ) {
        let station = hub.station(on: loop)
        life.admitted(admission.caller, as: admission.entry)
        let isFirstReader = station.feeds[session] == nil
        let feed = station.feed(session, hub: hub, on: loop)
        feed.add(self)
        feed.install(view)
        if isFirstReader { askForPresence(on: loop) }
        // What is shown from now on may be newer than what the welcome will have read.
        let shown = feed.ephemeral.version
        let request = Welcome.Request(
            session: session, caller: admission.caller, resume: resume, epoch: hub.epoch,
            moment: hub.services.clock.moment, register: hub.services.register, cache: feed.welcomeCache(),
            reader: hub.reader, commands: hub.commands
        )
        hub.read(on: loop.index) { connection in
            try Welcome.read(request, in: connection)
        } then: { [id] result, station, loop in
            station.sockets[id]?.welcome(result, ref: origin.ref, shown: shown, on: loop)
        }
    }

    /// Asks the session's home for its presence once more. Before this loop listened, a diff newer than the view that
    /// came along may have passed it by; everything after this answer comes to it in order.
    private func askForPresence(on loop: isolated EventLoop) {
        let (session, hub, index) = (session, hub, loop.index)
        hub.atHome(of: session, from: loop) { station, _ in
            guard let view = station.channels[session]?.presence.view else { return }
            hub.on(index) { station, loop in station.feeds[session]?.refresh(view, on: loop) }
        }
    }

    /// - Parameter shown: the version of what nobody stores before the welcome was read.
    private func welcome(
        _ result: Result<Welcome, HubError>, ref: Int64, shown: Int, on loop: isolated EventLoop
    ) {
        guard life.isAdmitting else { return }
        switch result {
        case .failure(let error): refused(ref, error, on: loop)
        case .success(let welcome):
            guard let feed = hub.station(on: loop).feeds[session], let view = feed.view, let entry = life.entry else {
                return
            }
            startReading(at: welcome.seq, presence: view.version, ephemeral: shown)
            let frame = welcome.frame(
                ref: ref, presence: view.snapshot(for: entry), limits: hub.services.limits.json,
                now: hub.services.clock.now
            )
            write(frame, on: loop)
            execute(life.welcomed(as: welcome.entry, now: hub.services.clock.steady), on: loop)
        }
    }
}
