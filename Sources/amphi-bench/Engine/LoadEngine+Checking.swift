/// What became of the clients, looked at between the phases.
extension LoadEngine {
    /// Where some clients stand at the end.
    struct Standing: Sendable, Equatable {
        var clients = 0
        /// At the head of their session, with every event before it.
        var converged = 0
        /// Of these: on the connection that they began with.
        var neverLost = 0
        /// Whose connection ended at least once.
        var lost = 0
    }

    func standing(of group: Range<Int>) -> Standing {
        var standing = Standing()
        for client in connections[group] {
            let isAtHead = client.history.seq == client.session.history.head
            let hasConverged = client.phase == .joined && client.catchUp == nil && isAtHead
            standing.clients += 1
            standing.converged += hasConverged ? 1 : 0
            standing.neverLost += hasConverged && client.losses == 0 ? 1 : 0
            standing.lost += client.losses > 0 ? 1 : 0
        }
        return standing
    }

    /// Begins the delivery times anew; returns those so far.
    func takeDeliveryLatency() -> LatencyHistogram {
        defer { tally.deliveryLatency = LatencyHistogram() }
        return tally.deliveryLatency
    }

    /// The session's journal must be what its clients saw: it is one more witness, and reaches as far.
    func check(_ journal: [SessionEvent], of session: Int) {
        guard let last = journal.last?.seq else {
            return tally.faults.note(.lost, "the journal of session \(session) is empty")
        }
        let batch = EventBatch(position: last, events: journal)
        if journal.first?.seq != 1 { tally.faults.note(.brokenFrame, "the journal does not begin with 1") }
        sessions[session].history.witness(batch, &tally.faults)
        for laggard in sessions[session].laggards {
            tally.faults.note(.behind, "client \(laggard.plan.number) lacks what the journal has")
        }
    }
}
