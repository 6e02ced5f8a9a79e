/// One class of a crash run: what is certain of its votes, hands and rules by what was acknowledged, and whether the
/// hub knows it.
final class CrashClass {
    let plan: SessionPlan
    let host: ClientPlan?
    let clients: [CrashClient]
    /// The ids of those that were acknowledged.
    private(set) var questions: [Int64] = []
    private var askers: [Int64: Int64] = [:]
    private(set) var acts: [RuleCheck.Act] = []
    private var mutes: [Int64: Assured<Bool>] = [:]
    private var mode = Assured("open")
    /// What was acknowledged before stood in the store when this hub began.
    var restartedAt: UInt64 = 0

    init(_ plan: SessionPlan, clients: [CrashClient]) {
        (self.plan, self.clients) = (plan, clients)
        host = plan.host
    }

    var members: [CrashClient] { clients.filter { $0.connection.plan.userID != host?.userID } }

    func asked(_ question: Int64, by user: Int64) {
        // Asked again, it is answered again.
        guard askers[question] == nil else { return }
        questions.append(question)
        askers[question] = user
    }

    func isOwn(_ question: Int64, of client: CrashClient) -> Bool { askers[question] == client.connection.plan.userID }

    // MARK: - Moves

    /// The next thing that a host does: a lock is opened by the next act, and mutes end as often as they begin.
    func nextAct(_ random: inout SeededRandom) -> CrashMove? {
        guard mode.wanted == "open" else { return .mode("open") }
        guard let victim = members.randomElement(using: &random)?.connection.plan.userID else { return nil }
        let muted = mutes.filter { $0.value.wanted }.keys.sorted().randomElement(using: &random)
        switch UInt8.random(in: 0..<10, using: &random) {
        case 0...3: return muted.map { .unmute($0) } ?? .mute(victim)
        case 4...6: return .mute(victim)
        case 7, 8:
            // Whoever is not there is not sent away: the answer names the head of a journal that tells nothing of it.
            let present = members.filter { $0.connection.phase == .joined }.randomElement(using: &random)
            return present.map { .remove($0.connection.plan.userID) } ?? .mute(victim)
        default: return .mode("locked")
        }
    }

    /// A move goes out for the first time.
    func begins(_ move: CrashMove, of client: CrashClient, at now: UInt64) {
        switch move {
        case .vote(let question, let on): client.votes[question, default: Assured(false)].send(on, at: now)
        case .hand(let isUp): client.hand.send(isUp, at: now)
        case .mute(let user): mutes[user, default: Assured(false)].send(true, at: now)
        case .unmute(let user): mutes[user, default: Assured(false)].send(false, at: now)
        case .remove(let user): self.client(user)?.hand.doubt(until: .max)
        case .mode(let mode): self.mode.send(mode, at: now)
        }
    }

    func acknowledges(_ move: CrashMove, of client: CrashClient, seq: Int64?, at now: UInt64) {
        let seq = seq ?? 0
        switch move {
        case .vote(let question, _): client.votes[question]?.acknowledge(at: now)
        case .hand: client.hand.acknowledge(at: now)
        case .mute(let user): took("mute", user, seq, now)
        case .unmute(let user): took("unmute", user, seq, now)
        case .remove(let user):
            // What the person sent until now may have come before it.
            self.client(user)?.hand.doubt(until: now)
            acts.append(RuleCheck.Act(userID: user, action: "remove", seq: seq))
        case .mode(let mode):
            self.mode.acknowledge(at: now, seq: seq)
            acts.append(RuleCheck.Act(userID: nil, action: mode, seq: seq))
        }
    }

    /// The hub to which an attempt went may carry it out later, after another one has taken a newer command.
    func doubts(_ move: CrashMove, of client: CrashClient, until end: UInt64) {
        switch move {
        case .vote(let question, _): client.votes[question]?.doubt(until: end)
        case .hand: client.hand.doubt(until: end)
        case .mute(let user), .unmute(let user): mutes[user]?.doubt(until: end)
        case .remove(let user): self.client(user)?.hand.doubt(until: end)
        case .mode: mode.doubt(until: end)
        }
    }

    func refuses(_ move: CrashMove, of client: CrashClient) {
        if case .vote(let question, _) = move { client.votes[question]?.refuse() }
    }

    private func took(_ action: String, _ user: Int64, _ seq: Int64, _ now: UInt64) {
        mutes[user]?.acknowledge(at: now, seq: seq)
        acts.append(RuleCheck.Act(userID: user, action: action, seq: seq))
    }

    private func client(_ user: Int64) -> CrashClient? { clients.first { $0.connection.plan.userID == user } }

    // MARK: - Whether it is so

    /// A refusal of a post that was sent at `sentAt`: true unless its end had been acknowledged before.
    func mayRefuse(_ code: String, _ client: CrashClient, sentAt: UInt64) -> Bool {
        func mayHold<Value>(_ rule: Assured<Value>, unless end: Value) -> Bool {
            rule.known != end || rule.answeredAt >= sentAt
        }
        switch code {
        case "muted": return mutes[client.connection.plan.userID].map { mayHold($0, unless: false) } ?? false
        case "chat_locked": return mayHold(mode, unless: "open")
        default: return false
        }
    }

    /// What a welcome says of its reader, and of the order of hands.
    func check(_ welcome: ServerFrame.Welcome, of client: CrashClient, _ faults: inout HistoryFaults) {
        let (plan, name) = (client.connection.plan, "client \(client.connection.plan.number)")
        if let mute = mutes[plan.userID], let isMuted = mute.known, mute.seq <= welcome.seq, isMuted != welcome.isMuted
        {
            faults.note(.untrue, "\(name) is \(isMuted ? "not " : "")muted, acknowledged at \(mute.seq)")
        }
        if let mode = mode.known, self.mode.seq <= welcome.seq, mode != welcome.chatMode {
            faults.note(.untrue, "\(name): the chat is \(welcome.chatMode), \(mode) was acknowledged")
        }
        for (id, vote) in client.votes.sorted(by: { $0.key < $1.key }) {
            guard let on = vote.known, let question = welcome.questions[id], on != question.hasVoted else { continue }
            faults.note(.untrue, "\(name): the vote for \(id) is \(question.hasVoted), \(on) was acknowledged")
        }
        if let isUp = client.hand.known, client.hand.answeredAt < restartedAt,
            isUp != welcome.hands.contains(plan.userID)
        {
            faults.note(.untrue, "\(name): the hand is \(isUp ? "down" : "up") after a restart")
        }
        checkOrder(of: welcome.hands, before: restartedAt, &faults)
    }

    /// Who was told "up" before another one raised the hand stands before them.
    ///
    /// - Parameter moment: only what was acknowledged before it counts.
    func checkOrder(of hands: [Int64], before moment: UInt64, _ faults: inout HistoryFaults) {
        let rises = hands.compactMap { user in
            self.client(user).map(\.hand).flatMap { $0.known == true && $0.answeredAt < moment ? $0 : nil }
        }
        for (place, rise) in rises.enumerated() where rises[place...].contains(where: { $0.answeredAt < rise.sentAt }) {
            faults.note(.untrue, "a hand stands before one that was up already")
        }
    }

    /// How many votes a question can have, by what was acknowledged and what is under way.
    func votes(of question: Int64) -> ClosedRange<Int64> {
        let votes = clients.compactMap { $0.votes[question] }
        let certain = Int64(votes.count { $0.known == true })
        return certain...certain + Int64(votes.count { $0.known == nil })
    }

    /// Whether all have the same hands, those and the counts that were acknowledged: both come a moment after the
    /// acknowledgement. To be asked when nothing is under way.
    var isAgreed: Bool {
        guard let first = clients.first(where: { !$0.isGone }), wrongCount(of: first) == nil else {
            return clients.allSatisfy(\.isGone)
        }
        return clients.allSatisfy { client in
            if client.isGone { return true }
            let isUp = first.hands.contains(client.connection.plan.userID)
            return client.hands == first.hands && client.knownCounts == first.knownCounts
                && client.hand.known ?? isUp == isUp
        }
    }

    /// A question of which somebody knows another count than it can have.
    private func wrongCount(of client: CrashClient) -> Int64? {
        questions.first { !votes(of: $0).contains(client.knownCounts[$0] ?? 0) }
    }

    /// The end, when nothing is under way: counts, hands and their order.
    func checkEnd(_ faults: inout HistoryFaults) {
        let first = clients.first { !$0.isGone }
        let (counts, hands) = (first?.knownCounts ?? [:], first?.hands ?? [])
        for client in clients where !client.isGone {
            let (plan, name) = (client.connection.plan, "client \(client.connection.plan.number)")
            if let question = wrongCount(of: client) {
                let count = client.knownCounts[question] ?? 0
                faults.note(.untrue, "\(name) counts \(count) of \(votes(of: question)) votes of \(question)")
            } else if client.knownCounts != counts {
                faults.note(.untrue, "\(name) counts \(client.knownCounts), the first \(counts)")
            }
            if client.hands != hands {
                faults.note(.untrue, "\(name) at hub \(client.door + 1) sees hands \(client.hands), the first \(hands)")
            }
            if let isUp = client.hand.known, isUp != hands.contains(plan.userID) {
                faults.note(.untrue, "\(name): the hand is \(isUp ? "down" : "up") in the end")
            }
        }
        checkOrder(of: hands, before: .max, &faults)
    }
}
