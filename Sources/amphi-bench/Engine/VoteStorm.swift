/// Many people vote on a few questions of one session at an even pace, and everybody must end with the same counts:
/// those of the votes that were acknowledged.
final class VoteStorm {
    struct Figures: Sendable {
        var sent = 0
        var acknowledged = 0
        /// By the limit of one person's votes.
        var limited = 0
        var latency = LatencyHistogram()
        var firstVoteAt: UInt64 = .max
        var lastVoteAt: UInt64 = 0
        /// When the last reader had the last count.
        var settledAt: UInt64 = 0
    }

    private static let patience = 20 * MonotonicClock.second

    private let engine: LoadEngine
    private let host: ClientConnection
    private let voters: ArraySlice<ClientConnection>
    private var questions: [Int64] = []
    /// Who has voted for which question, by what was acknowledged.
    private var standing: [Int64: Set<Int>] = [:]
    private(set) var figures = Figures()

    /// - Parameter voters: indices of clients; all of these and the host are in.
    init(_ engine: LoadEngine, voters: Range<Int>, host: Int) {
        self.engine = engine
        self.voters = engine.connections[voters]
        self.host = engine.connections[host]
    }

    /// The host asks some questions, for which nobody has voted yet.
    func begin(questions count: Int) throws {
        questions = try engine.askQuestions(count, from: host)
        for question in questions { standing[question] = [] }
    }

    /// Sends so many votes within `duration` nanoseconds. Each person goes through all questions, first with a vote
    /// for each, then takes some of them back, then votes again.
    func vote(_ count: Int, within duration: UInt64) throws {
        let began = MonotonicClock.now
        for number in 0..<count {
            let due = began + duration * UInt64(number) / UInt64(count)
            if due > MonotonicClock.now { try engine.run(until: due) }
            let (round, place) = (number / voters.count, number % voters.count)
            let isOn = round / questions.count % 2 == 0 || Bool.random(using: &engine.random)
            vote(questions[(place + round) % questions.count], isOn: isOn, of: voters[voters.startIndex + place])
        }
        try engine.finishErrands(within: Self.patience)
    }

    /// Waits until every reader has the counts that were acknowledged; notes who has others.
    func settle() throws {
        let expected = counts
        let readers = engine.connections.filter { $0.phase == .joined }
        try engine.run(until: MonotonicClock.now + Self.patience) {
            readers.allSatisfy { Self.known($0) == expected }
        }
        figures.settledAt = MonotonicClock.now
        for reader in readers { check(reader) }
    }

    func check(_ reader: ClientConnection) {
        let (known, expected) = (Self.known(reader), counts)
        guard known != expected else { return }
        engine.tally.faults.note(.untrue, "client \(reader.plan.number) counts \(known), acknowledged were \(expected)")
    }

    /// No frame tells the count of a question that nobody ever voted for.
    private static func known(_ reader: ClientConnection) -> [Int64: Int64] { reader.counts.filter { $0.value > 0 } }

    /// Sums over the questions.
    var votes: Int { standing.values.reduce(0) { $0 + $1.count } }

    private var counts: [Int64: Int64] {
        standing.mapValues { Int64($0.count) }.filter { $0.value > 0 }
    }

    private func vote(_ question: Int64, isOn: Bool, of voter: ClientConnection) {
        let sentAt = MonotonicClock.now
        figures.sent += 1
        figures.firstVoteAt = min(figures.firstVoteAt, sentAt)
        figures.lastVoteAt = sentAt
        engine.ask("question.vote", #","id":\#(question),"on":\#(isOn)"#, from: voter) { [self] answer, now in
            if case .refused(_, let refusal) = answer, refusal.code == "rate_limited" {
                figures.limited += 1
                return
            }
            engine.refused(answer, to: "question.vote", of: voter)
            guard case .done = answer else { return }
            figures.acknowledged += 1
            figures.latency.record(now - sentAt)
            if isOn { standing[question]?.insert(voter.tag) } else { standing[question]?.remove(voter.tag) }
        }
    }
}
