/// Many hands of one session go up and down, and everybody must end with the same order.
final class HandRound {
    struct Figures: Sendable {
        var moves = 0
        var latency = LatencyHistogram()
        /// From the last answer of a wave until all readers had the same order.
        var agreement = LatencyHistogram()
        var up = 0
    }

    private static let patience = 20 * MonotonicClock.second

    private let engine: LoadEngine
    private let people: ArraySlice<ClientConnection>
    private var up: Set<Int64> = []
    private(set) var figures = Figures()

    init(_ engine: LoadEngine, people: Range<Int>) {
        self.engine = engine
        self.people = engine.connections[people]
    }

    /// All go up in any order; two of three go down; half of these go up again.
    func run(rate: Double) throws {
        // Arrivals are told by presence as well: they are no part of the figures.
        for client in engine.connections { client.presence = .paced }
        try move(people.shuffled(using: &engine.random), isUp: true, rate: rate)
        let lowered = people.filter { $0.tag % 3 > 0 }
        try move(lowered, isUp: false, rate: rate)
        try move(lowered.filter { $0.tag % 3 == 1 }.shuffled(using: &engine.random), isUp: true, rate: rate)
        figures.up = up.count
    }

    /// Notes who has another order than `reader`, or other people in it than those whose hands were acknowledged.
    func check(against reader: ClientConnection) {
        if Set(reader.hands) != up || reader.hands.count != up.count {
            engine.tally.faults.note(.untrue, "\(reader.hands.count) hands, acknowledged were \(up.count)")
        }
        for client in engine.connections where client.phase == .joined && client.hands != reader.hands {
            engine.tally.faults.note(.untrue, "client \(client.plan.number) has another order of hands")
        }
    }

    private func move(_ clients: [ClientConnection], isUp: Bool, rate: Double) throws {
        let began = MonotonicClock.now
        for (number, client) in clients.enumerated() {
            let due = began + UInt64(Double(number) / rate * 1e9)
            if due > MonotonicClock.now { try engine.run(until: due) }
            let sentAt = MonotonicClock.now
            figures.moves += 1
            engine.ask("hand", #","up":\#(isUp)"#, from: client) { [self] answer, now in
                engine.refused(answer, to: "hand", of: client)
                guard case .done = answer else { return }
                figures.latency.record(now - sentAt)
                if isUp { up.insert(client.plan.userID) } else { up.remove(client.plan.userID) }
            }
        }
        try engine.finishErrands(within: Self.patience)
        try agree()
    }

    private func agree() throws {
        let answered = MonotonicClock.now
        let readers = engine.connections.filter { $0.phase == .joined }
        try engine.run(until: answered + Self.patience) {
            guard let first = readers.first, first.hands.count == up.count else { return false }
            return readers.allSatisfy { $0.hands == first.hands }
        }
        figures.agreement.record(MonotonicClock.now - answered)
        if let first = readers.first { check(against: first) }
    }
}
