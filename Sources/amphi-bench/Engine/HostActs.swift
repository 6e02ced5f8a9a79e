/// A host takes people's voice and sends them away, one after the other, while they post as fast as they can: how soon
/// those whom it is about know it, counted from the host's own answer.
final class HostActs {
    struct Figures: Sendable {
        var mute = LatencyHistogram()
        var lock = LatencyHistogram()
        var removal = LatencyHistogram()
        var posts = 0
        var stored = 0
        var refused = 0
        var silences: [Silence] = []
    }

    private static let patience = 10 * MonotonicClock.second
    /// A host has 10 acts a second.
    private static let pause = 110 * MonotonicClock.millisecond
    /// So many posts of one person go out before an act and behind it, without waiting for an answer; of many people,
    /// one of each.
    private static let burst = 5

    private let engine: LoadEngine
    private let host: ClientConnection
    private let members: ArraySlice<ClientConnection>
    private var number = 0
    private(set) var figures = Figures()

    init(_ engine: LoadEngine, members: Range<Int>, host: Int) {
        self.engine = engine
        self.members = engine.connections[members]
        self.host = engine.connections[host]
    }

    /// Everything that a host does, to this member.
    func round(_ member: ClientConnection) throws {
        let target = #","user_id":\#(member.plan.userID)"#
        let muted = try act("moderation.mute", target, on: [member], times: \.mute)
        let unmuted = try act("moderation.unmute", target, on: [member])
        figures.silences.append(Silence(userID: member.plan.userID, after: muted, before: unmuted))
        let here = members.filter { $0.phase == .joined }
        let locked = try act("chat.mode", #","mode":"locked""#, on: Array(here), times: \.lock)
        let opened = try act("chat.mode", #","mode":"open""#, on: [member])
        figures.silences.append(Silence(userID: nil, after: locked, before: opened))
        member.isSentAway = true
        let removed = try act("moderation.remove", target, on: [member], times: \.removal)
        figures.silences.append(Silence(userID: member.plan.userID, after: removed))
    }

    /// - Returns: the seq of the act, once all whom it is about know of it.
    private func act(
        _ type: String, _ fields: String, on people: [ClientConnection],
        times: WritableKeyPath<Figures, LatencyHistogram>? = nil
    ) throws -> Int64 {
        try engine.idle(for: Self.pause)
        var (seq, answeredAt): (Int64?, UInt64) = (nil, 0)
        for person in people { person.arrivals = [] }
        let burst = people.count > 1 ? 1 : Self.burst
        for person in people { post(burst, from: person) }
        engine.ask(type, fields, from: host) { [self] answer, now in
            engine.refused(answer, to: type, of: host)
            guard case .done(_, let done) = answer else { return }
            (seq, answeredAt) = (done.seq, now)
        }
        for person in people { post(burst, from: person) }
        let deadline = MonotonicClock.now + Self.patience
        try engine.run(until: deadline) { seq.map { seq in people.allSatisfy { toldAt($0, seq) != nil } } ?? false }
        guard let seq else { throw SetupError("no answer to \(type)") }
        for person in people {
            guard let toldAt = toldAt(person, seq) else {
                engine.tally.faults.note(.behind, "client \(person.plan.number) was not told of \(type)")
                continue
            }
            if let times { figures[keyPath: times].record(toldAt > answeredAt ? toldAt - answeredAt : 0) }
            person.arrivals = nil
        }
        try engine.finishErrands(within: Self.patience)
        return seq
    }

    /// When it had the event at `seq`, or, where it is sent away, the end of its connection.
    private func toldAt(_ client: ClientConnection, _ seq: Int64) -> UInt64? {
        client.isSentAway ? client.endedAt : client.arrivals?.first { $0.seq >= seq }?.at
    }

    private func post(_ count: Int, from member: ClientConnection) {
        for _ in 0..<count {
            number += 1
            figures.posts += 1
            engine.ask("chat.post", #","client_id":"r-\#(number)","text":"May I?""#, from: member) { [self] answer, _ in
                if case .posted = answer { figures.stored += 1 } else { figures.refused += 1 }
            }
        }
    }
}
