/// What goes wrong in one run of `cluster`, and when: all of it follows from the seed. Pure.
struct FaultPlan: Sendable, Equatable {
    enum Kind: String, Sendable, CaseIterable {
        /// A hub gets SIGKILL and is started again.
        case kill
        /// A hub gets SIGTERM and is started again.
        case stop
        /// A hub gets SIGSTOP, and later SIGCONT.
        case pause
        /// The connections between a hub and the database break.
        case cut
        /// They break, and new ones are refused for a while.
        case refuse
        /// Nothing goes through them for a while, and nobody is told.
        case hold
        /// The connections between people and a hub break.
        case clients
        /// The hubs lose the connections on which they hear of each other.
        case deaf
        /// Somebody goes home.
        case home
        /// The database server is killed with all its processes and started again.
        case crash
        /// It ends at once, without a checkpoint, as `pg_ctl stop -m immediate` does it, and is started again.
        case immediate
        /// The database server dies and its standby takes over.
        case promote
    }

    struct Fault: Sendable, Equatable {
        /// Nanoseconds after the begin of the run.
        let at: UInt64
        let kind: Kind
        /// Number of the hub, where it is one's.
        let node: Int
        /// Nanoseconds until it heals; 0 where it heals by itself.
        var lasts: UInt64 = 0
    }

    /// A hub that is paused for longer is given up by the others.
    static let fencing = 10 * MonotonicClock.second
    private static let pauses: [UInt64] = [1, 20, 60]

    /// In the order of their times.
    let faults: [Fault]

    /// - Parameters:
    ///   - kinds: those that may be drawn.
    ///   - seconds: how long the run is; no fault begins in its last tenth, and no pause is longer than the run.
    ///   - hasStandby: whether a standby can take over, which it does once.
    init(kinds: [Kind], nodes: Int, seconds: Double, hasStandby: Bool, random: inout SeededRandom) {
        let drawn = kinds.filter { $0 != .promote }
        // At least two, then one every 4 seconds; none comes a second time before every other one has come.
        let count = drawn.isEmpty ? 0 : 2 + Int(seconds / 4)
        var (faults, deck): ([Fault], [Kind]) = ([], [])
        for _ in 0..<count {
            if deck.isEmpty { deck = drawn.shuffled(using: &random) }
            let kind = deck.removeLast()
            let moment = UInt64(Double.random(in: 0.05...0.9, using: &random) * seconds * 1e9)
            let lasts = Self.duration(of: kind, within: seconds, &random)
            faults.append(Fault(at: moment, kind: kind, node: Int.random(in: 0..<nodes, using: &random), lasts: lasts))
        }
        if hasStandby, kinds.contains(.promote) {
            let moment = UInt64(Double.random(in: 0.3...0.7, using: &random) * seconds * 1e9)
            faults.append(Fault(at: moment, kind: .promote, node: 0))
        }
        self.faults = faults.sorted { ($0.at, $0.kind.rawValue) < ($1.at, $1.kind.rawValue) }
    }

    private static func duration(of kind: Kind, within seconds: Double, _ random: inout SeededRandom) -> UInt64 {
        switch kind {
        case .pause:
            let possible = pauses.filter { Double($0) <= max(seconds, 1) }
            return (possible.randomElement(using: &random) ?? 1) * MonotonicClock.second
        case .refuse, .hold: return random.pause(200...min(5000, max(300, UInt64(seconds * 500))))
        case .crash, .immediate: return random.pause(0...500)
        case .kill, .stop: return random.pause(0...1500)
        case .cut, .clients, .deaf, .home, .promote: return 0
        }
    }

    /// So often each kind comes, for people.
    var text: String {
        let counts = Kind.allCases.map { kind in (kind, faults.count { $0.kind == kind }) }.filter { $0.1 > 0 }
        return counts.isEmpty ? "none" : counts.map { "\($0.1) \($0.0.rawValue)" }.joined(separator: ", ")
    }
}
