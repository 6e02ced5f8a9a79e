import TestSupport
import Testing

@testable import SessionHub
@testable import WebSocketServer

/// A class of a few people in virtual milliseconds, as the hub's parts drive `Presence`.
struct PresenceWorld {
    private struct Tab {
        let user: Int64
        var policy: PingPolicy
        /// The peer is gone and the hub does not know.
        var isDead = false
        /// The last word of the peer: its hello, a pong.
        var lastSign: Int64
    }

    /// A hello that the store has not answered.
    private struct Hello {
        let user: Int64
        let answered: Int64
        let isAdmitted: Bool
    }

    private enum Word {
        case diff(PresenceDiff)
        case whole(PresenceView)
    }

    /// What one loop has: its copy, and what is on its way to it, in order.
    private struct Loop {
        var view: PresenceView?
        var mail: [(due: Int64, word: Word)] = []
    }

    private static let (grace, ping, pong, tick, step): (Int64, Int64, Int64, Int64, Int64) = (
        10_000, 20_000, 8000, 250, 50
    )
    private static let kept: Int64 = 30_000

    private let seed: UInt64
    private var random: SeededGenerator
    /// So many steps between two hellos: in a quiet class people stay away for longer than they may be shown.
    private let bustle: Int
    private var now: Int64 = 0
    private var presence = Presence(grace: grace)
    private var tabs: [Tab] = []
    private var hellos: [Hello] = []
    private var loops = [Loop(view: PresenceView()), Loop(view: PresenceView()), Loop(view: PresenceView())]
    private var versions: [Int64: PresenceView] = [0: PresenceView()]
    /// When somebody's peer was last there, and when the hub last had a connection of theirs.
    private var lastAlive: [Int64: Int64] = [:]
    private var lastKnown: [Int64: Int64] = [:]
    private var keptUntil: [Int64: Int64] = [:]
    /// The newest sign of life of somebody's lost connections; the restart, for a place that it kept.
    private var lastSigns: [Int64: Int64] = [:]

    /// What the store has of hands, and the words of its commits that have not come to the home yet, in order.
    private var hands: [Int64: Int64] = [:]
    private var handMail: [(due: Int64, user: Int64, place: Int64?)] = []
    private var lastPlace: Int64 = 0

    init(seed: UInt64) {
        self.seed = seed
        random = SeededGenerator(seed: seed)
        bustle = [12, 80, 400][Int(seed % 3)]
    }

    private var time: Timestamp { Timestamp(milliseconds: now) }

    private mutating func chance(_ one: Int, in all: Int) -> Bool { Int.random(in: 0..<all, using: &random) < one }

    private func check(_ holds: Bool, _ what: @autoclosure () -> String) throws {
        guard holds else { throw TestFailure("seed \(seed), at \(now) ms: \(what())") }
    }

    mutating func step() throws {
        now += Self.step
        if chance(1, in: bustle) { sayHello(Int64.random(in: 1...9, using: &random)) }
        if chance(1, in: 30), let index = tabs.indices.randomElement(using: &random) { tabs[index].isDead = true }
        // Who is dead says nothing any more: only pings find out.
        let living = tabs.indices.filter { !tabs[$0].isDead }
        if chance(1, in: 30), let index = living.randomElement(using: &random) { close(index) }
        if chance(1, in: 900) { restart() }
        if chance(1, in: 400) { relisten(Int.random(in: 0..<loops.count, using: &random)) }
        answerHellos()
        if chance(1, in: 20), let tab = tabs.randomElement(using: &random) { write(tab.user, isUp: chance(2, in: 3)) }
        hearOfHands(until: now)
        ping()
        for tab in tabs where !tab.isDead { lastAlive[tab.user] = now }
        for tab in tabs { lastKnown[tab.user] = now }
        if now % Self.tick == 0 { try tickHome() }
        try deliver(until: now)
    }

    /// Everything stops; what was on its way arrives.
    mutating func settle() throws {
        tabs = tabs.filter { !$0.isDead || presence.connections(of: $0.user) == 0 }
        hearOfHands(until: Int64.max)
        try tickHome()
        try deliver(until: Int64.max)
        let order = hands.sorted { $0.value < $1.value }.map(\.key)
        try check(presence.view.hands == order, "hands \(presence.view.hands), the store has \(order)")
        for loop in loops { try check(loop.view?.people == presence.view.people, "a loop differs at the end") }
    }

    // MARK: - People

    private mutating func sayHello(_ user: Int64) {
        presence.arriving(user)
        let delay = Int64.random(in: 0...400, using: &random)
        hellos.append(Hello(user: user, answered: now + delay, isAdmitted: chance(9, in: 10)))
        lastAlive[user] = now + delay
    }

    private mutating func answerHellos() {
        for hello in hellos where hello.answered <= now {
            guard hello.isAdmitted else {
                presence.refused(hello.user, now: time)
                continue
            }
            if keptUntil.removeValue(forKey: hello.user) != nil { lastSigns[hello.user] = nil }
            presence.connected(.make(hello.user, role: chance(1, in: 5) ? .moderator : .participant))
            let first = now + Int64.random(in: Self.ping / 2...Self.ping, using: &random)
            tabs.append(
                Tab(
                    user: hello.user,
                    policy: PingPolicy(
                        interval: .milliseconds(Self.ping), timeout: .milliseconds(Self.pong),
                        stall: .seconds(150), firstPing: .milliseconds(first)
                    ),
                    lastSign: now
                )
            )
        }
        hellos.removeAll { $0.answered <= now }
    }

    /// The store takes a command, or the end of somebody's stay; the home hears of it a moment later.
    private mutating func write(_ user: Int64, isUp: Bool) {
        lastPlace += 1
        hands[user] = isUp ? hands[user] ?? lastPlace : nil
        let earliest = max(now, handMail.last?.due ?? 0)
        handMail.append((earliest + Int64.random(in: 0...300, using: &random), user, hands[user]))
    }

    private mutating func hearOfHands(until moment: Int64) {
        while let first = handMail.first, first.due <= moment {
            handMail.removeFirst()
            presence.hand(of: first.user, at: first.place)
        }
    }

    private mutating func close(_ index: Int) {
        let tab = tabs.remove(at: index)
        lastKnown[tab.user] = now
        if !tab.isDead { lastAlive[tab.user] = now }
        // Who closes says so at that moment; of the dead only the past is known.
        let sign = tab.isDead ? tab.lastSign : now
        lastSigns[tab.user] = max(lastSigns[tab.user] ?? 0, sign)
        presence.disconnected(tab.user, seen: Timestamp(milliseconds: sign), now: time)
    }

    private mutating func ping() {
        let progress = takesEverything
        for index in tabs.indices.reversed() {
            switch tabs[index].policy.check(at: .milliseconds(now), progress: progress) {
            case .wait: break
            case .ping:
                tabs[index].policy.sent(progress)
                if !tabs[index].isDead {
                    tabs[index].policy.heard()
                    tabs[index].lastSign = now
                }
            case .dead: close(index)
            }
        }
    }

    /// The kernel of the dead, or a proxy before them, takes whatever is written, and all the time something is.
    private var takesEverything: TransportProgress {
        TransportProgress(
            acknowledged: UInt64(now) * 100, window: 65_536, written: UInt64(now) * 100, isHeldBack: false
        )
    }

    /// The process goes and comes back: the store remembers whose seats were taken.
    private mutating func restart() {
        let seats = presence.view.people.values
        presence = Presence(grace: Self.grace)
        (tabs, hellos, versions, lastSigns) = ([], [], [0: PresenceView()], [:])
        handMail = []
        // A hand goes with the seat.
        hands = hands.filter { hand in seats.contains { $0.person.id == hand.key } }
        for entry in seats {
            presence.keep(entry, since: time, until: time + Self.kept)
            presence.hand(of: entry.person.id, at: hands[entry.person.id])
            keptUntil[entry.person.id] = now + Self.kept
            lastSigns[entry.person.id] = now
        }
        for index in loops.indices { loops[index] = Loop(view: PresenceView()) }
    }

    // MARK: - The home and the loops

    private mutating func tickHome() throws {
        var departed: Set<Int64> = []
        for departure in presence.expire(now: time) {
            let user = departure.user
            departed.insert(user)
            write(user, isUp: false)
            // Found from outside, no. A2
            let sign = lastSigns.removeValue(forKey: user) ?? 0
            try check(departure.lostAt.milliseconds == sign, "\(user) attended until \(departure.lostAt), not \(sign)")
            let due = keptUntil[user] ?? (lastKnown[user] ?? 0) + Self.grace - Self.step
            try check(now >= due, "\(user) departs before \(due)")
            try check(presence.connections(of: user) == 0, "\(user) departs with a connection")
            try check(!hellos.contains { $0.user == user }, "\(user) departs during a hello")
            keptUntil[user] = nil
        }
        let before = presence.view
        guard let diff = presence.tick() else { return try look() }
        for entry in diff.joined { try check(before.people[entry.person.id] == nil, "\(entry.person.id) joins twice") }
        for entry in diff.updated { try check(before.people[entry.person.id] != entry, "an update of nothing") }
        for entry in diff.left {
            let user = entry.person.id
            try check(before.people[user] != nil, "\(user) leaves twice")
            try check(departed.contains(user), "\(user) leaves without a departure")
        }
        versions[diff.version] = presence.view
        for index in loops.indices { send(.diff(diff), to: index) }
        try look()
    }

    /// Nobody is missing, nobody's hand outlasts their stay, and nobody is shown for longer than ping, pong and grace
    /// after their end.
    private func look() throws {
        for tab in tabs { try check(presence.view.people[tab.user] != nil, "\(tab.user) is here and not shown") }
        for user in presence.view.hands { try check(presence.view.people[user] != nil, "a hand of nobody: \(user)") }
        for user in presence.view.people.keys {
            let latest = max(
                (lastAlive[user] ?? 0) + Self.ping + Self.pong + Self.grace, keptUntil[user] ?? 0
            )
            try check(now <= latest + Self.tick + Self.step, "a ghost: \(user), at most until \(latest)")
        }
    }

    private mutating func send(_ word: Word, to index: Int) {
        let earliest = max(now, loops[index].mail.last?.due ?? 0)
        loops[index].mail.append((earliest + Int64.random(in: 0...600, using: &random), word))
    }

    /// The last reader of a loop goes and another comes: it is given the whole, behind what is still on its way.
    private mutating func relisten(_ index: Int) {
        loops[index].view = nil
        send(.whole(presence.view), to: index)
    }

    private mutating func deliver(until moment: Int64) throws {
        for index in loops.indices {
            while let first = loops[index].mail.first, first.due <= moment {
                loops[index].mail.removeFirst()
                switch first.word {
                case .whole(let view): loops[index].view = view
                case .diff(let diff):
                    guard var view = loops[index].view else { continue }
                    try check(diff.version == view.version + 1, "a loop at \(view.version) hears of \(diff.version)")
                    view.apply(diff)
                    loops[index].view = view
                }
                if let view = loops[index].view {
                    try check(view == versions[view.version], "a loop differs at version \(view.version)")
                }
            }
        }
    }
}
