import Glibc

/// What the runs of one invocation share: the database server, and the relays between it, the hubs and its standby.
/// For the main thread.
final class ClusterStage {
    let postgres: ScratchPostgres
    let nodes: Int
    private let relay: Relay

    init(nodes: Int) throws {
        self.nodes = nodes
        postgres = try ScratchPostgres()
        // One more: between the servers.
        relay = try Relay(to: [UInt16](repeating: postgres.primary.port, count: nodes + 1))
    }

    /// Ends everything; `removeFolder` may follow.
    func close() {
        relay.close()
        postgres.close()
    }

    /// Of the database, as a hub reaches it.
    ///
    /// - Parameter node: through whose relay; nil for straight to the server.
    func url(of database: String, through node: Int?) -> String {
        let port = node.map { relay.ports[$0] } ?? postgres.primary.port
        return "postgres://postgres@127.0.0.1:\(port)/\(database)?sslmode=disable"
    }

    /// Makes the standby that a run wants; blocks.
    func prepare(_ standby: ScratchPostgres.Standby) throws {
        try postgres.waitUntilWritable()
        heal()
        guard standby != postgres.kind else { return }
        try postgres.setStandby(standby, through: relay.ports[nodes])
    }

    func send(_ order: Relay.Order, to node: Int) { relay.send(order, to: node) }

    /// The standby hears nothing more of the primary, as if it were behind.
    func holdReplication() { relay.send(.set(.hold), to: nodes) }

    /// The standby takes over, and every relay leads to it.
    func failOver() throws {
        try postgres.failOver()
        for relay in relay.ports.indices {
            self.relay.send(.aim(port: postgres.primary.port), to: relay)
            self.relay.send(.cut, to: relay)
        }
        heal()
    }

    private func heal() {
        for relay in relay.ports.indices { self.relay.send(.set(.pass), to: relay) }
    }
}
