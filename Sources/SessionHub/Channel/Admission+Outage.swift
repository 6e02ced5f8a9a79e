import Database
import WebSocketServer

/// Admission while the store cannot be written: the rights are read, the place is decided on what is known, and what a
/// hello otherwise writes is owed to the store.
struct UnwrittenAdmission: Sendable {
    let admission: Admission
    /// Who holds a place by REST alone; those on the channel are in the session's presence.
    let seatedOverREST: Set<Int64>

    static func read(
        _ caller: Caller, to session: Int64, services: Hub.Services, in connection: any SQLConnection
    ) throws -> UnwrittenAdmission {
        // Nil: the token says something new, which is taken over when it can be written.
        let known = try services.identities.resolve(caller, in: connection) ?? caller
        let access = try SessionAccess.load(session: session, for: known, in: connection)
        return UnwrittenAdmission(
            admission: try Admission(known, access, services: services, at: services.clock.moment),
            seatedOverREST: try AttendanceStore.seatedOverREST(session: session, in: connection)
        )
    }

    /// The same rule as `AttendanceStore.seat`. Presence is ahead of the rows: it knows who came and went since.
    func requirePlace(beside presence: Presence) throws(HubError) {
        let seated = presence.seated.union(seatedOverREST)
        guard admission.session.hasSeats, !admission.entry.isHost, !seated.contains(admission.caller.userID) else {
            return
        }
        guard seated.count < admission.session.maxParticipants else { throw HubError(.sessionFull) }
    }

    /// Writes later what `Admission.admit` would have written at `moment`.
    static func write(
        _ caller: Caller, in session: Int64, at moment: HubClock.Moment, services: Hub.Services,
        transaction: JournalTransaction
    ) throws {
        let connection = transaction.connection
        guard let known = try services.identities.known(caller, in: transaction) else { return }
        let access = try SessionAccess.load(session: session, for: known, in: connection)
        guard access.session.hasSeats else { return }
        try AttendanceStore.sit(
            session: access.session, access: access, source: .channel, now: access.session.time(at: moment),
            in: connection
        )
    }
}

extension SessionChannel {
    /// Bounds what is owed: beyond it newcomers must wait for the store, as everybody did before. A departure needs no
    /// bound of its own, because it needs an arrival.
    private static let mostOwed = 10_000

    func arriveInOutage(_ arrival: Arrival, on loop: isolated EventLoop) {
        let (session, services) = (session, hub.services)
        hub.read(on: loop.index) { connection in
            try UnwrittenAdmission.read(arrival.caller, to: session, services: services, in: connection)
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

    /// Once for each stay: whoever comes back within the grace is seated, or will be.
    private func oweArrival(_ caller: Caller) throws(HubError) {
        guard !owedArrivals.contains(caller.userID) else { return }
        guard hub.journal.owed < Self.mostOwed else { throw HubError(.storeUnavailable, retryAfter: 1000) }
        owedArrivals.insert(caller.userID)
        let (session, services, moment) = (session, hub.services, hub.services.clock.moment)
        hub.journal.owe(.directoryAndSessions) { transaction in
            try UnwrittenAdmission.write(caller, in: session, at: moment, services: services, transaction: transaction)
        }
    }
}
