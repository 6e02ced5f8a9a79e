import WebSocketServer

/// Arrivals while the store cannot be written.
extension SessionChannel {
    /// Beyond so many writes that are owed, newcomers must wait for the store. Departures need no bound of their own,
    /// because each needs an arrival.
    private static let mostOwed = 10_000

    func arriveInOutage(_ arrival: Arrival, on loop: isolated EventLoop) {
        let (session, register) = (session, hub.services.register)
        hub.read(on: loop.index) { connection in
            try register.readAdmission(of: arrival.caller, to: session, in: connection)
        } then: { result, station, loop in
            station.channels[session]?.decidedInOutage(arrival, result, on: loop)
        }
    }

    private func decidedInOutage(
        _ arrival: Arrival, _ result: Result<UnwrittenAdmission, HubError>, on loop: isolated EventLoop
    ) {
        do throws(HubError) {
            let unwritten = try result.get()
            try unwritten.requirePlace(beside: presence)
            try oweArrival(arrival.caller)
            decided(arrival, .success(unwritten.admission), on: loop)
        } catch {
            decided(arrival, .failure(error), on: loop)
        }
    }

    /// Owes the store a person's arrival, once for each stay: somebody who comes back within the grace has a seat or
    /// will get one.
    private func oweArrival(_ caller: Caller) throws(HubError) {
        guard !owedArrivals.contains(caller.userID) else { return }
        guard hub.journal.owed < Self.mostOwed else { throw HubError(.storeUnavailable, retryAfter: 1000) }
        owedArrivals.insert(caller.userID)
        let (session, register, moment) = (session, hub.services.register, hub.services.clock.moment)
        hub.journal.owe(.directoryAndSessions) { transaction in
            try register.writeAdmission(of: caller, to: session, at: moment, in: transaction)
        }
    }
}
