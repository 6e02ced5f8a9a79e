/// Compares what came on each connection, and what each post was told, with the journal of the class and with the order
/// of time, over all hubs. Pure.
struct DeliveryCheck: Sendable {
    private let history: ClassHistory
    private let journal: [Int64: SessionEvent]

    init(_ history: ClassHistory, journal: [SessionEvent]) {
        self.history = history
        self.journal = Dictionary(journal.map { ($0.seq, $0) }) { first, _ in first }
    }

    func check(_ faults: inout HistoryFaults) {
        for visit in history.visits {
            checkOrder(visit, &faults)
            checkContent(visit, &faults)
        }
        checkWelcomes(&faults)
        checkTime(&faults)
        checkAuthors(&faults)
        checkAnswers(&faults)
    }

    /// On one connection each seq follows the one before, from the position of a resumption on.
    private func checkOrder(_ visit: ClassHistory.Visit, _ faults: inout HistoryFaults) {
        let first = visit.events.first?.seq ?? visit.seq + 1
        var last = visit.isResumed ? visit.position ?? 0 : first - 1
        func step(to seq: Int64) {
            if seq <= last { faults.note(.repeated, "\(name(visit)) has \(seq) after \(last)") }
            if seq > last + 1 { faults.note(.lost, "\(name(visit)) has \(seq) after \(last)") }
            last = seq
        }
        for event in visit.events { step(to: event.seq) }
        if last != visit.seq {
            faults.note(.lost, "\(name(visit)): the events of a welcome at \(visit.seq) end at \(last)")
        }
        last = visit.seq
        for event in visit.frames.lazy.flatMap(\.batch.events) { step(to: event.seq) }
    }

    /// Everything that came stands in the journal as it came. What came before a loss may be gone.
    private func checkContent(_ visit: ClassHistory.Visit, _ faults: inout HistoryFaults) {
        let welcome = history.mayBeLost(visit.welcomedAt) ? [] : visit.events
        let frames = visit.frames.filter { !history.mayBeLost($0.at) }
        for event in welcome + frames.flatMap(\.batch.events) where journal[event.seq] != event {
            if event.isWithheld, let act = journal[event.seq]?.act, act.userID != visit.user { continue }
            faults.note(.conflicting, "\(name(visit)) has another \(event.seq) than the journal")
        }
    }

    /// A welcome stands where the newest answer before its hello stood, or behind it.
    private func checkWelcomes(_ faults: inout HistoryFaults) {
        var newest = Newest(history)
        let visits = history.visits.filter { !history.mayBeLost($0.welcomedAt) }
        for visit in visits.sorted(by: { $0.askedAt < $1.askedAt }) {
            guard let answer = newest.before(visit.askedAt), visit.seq < answer.receipt.seq else { continue }
            faults.note(.stale, "\(name(visit)): a welcome at \(visit.seq), \(answer.receipt.seq) was acknowledged")
        }
    }

    /// What was sent after another one's answer stands behind it.
    private func checkTime(_ faults: inout HistoryFaults) {
        let stored = history.postings.compactMap { posting in
            posting.answers.last.flatMap { answer in posting.attempts.first.map { (at: $0.at, answer: answer) } }
        }
        var newest = Newest(history)
        for post in stored.sorted(by: { $0.at < $1.at }) where !history.mayBeLost(post.at) {
            let seq = post.answer.receipt.seq
            guard let before = newest.before(post.at)?.receipt.seq, seq <= before else { continue }
            faults.note(.overtaken, "a post stands at \(seq), sent after the answer that named \(before)")
        }
    }

    /// Posts of one connection stand in the order in which they were sent, unless one was sent again.
    private func checkAuthors(_ faults: inout HistoryFaults) {
        var last: [Int: (at: UInt64, seq: Int64)] = [:]
        let once = history.postings.filter { $0.attempts.count == 1 && !$0.answers.isEmpty }
        for posting in once.sorted(by: { $0.attempts[0].at < $1.attempts[0].at }) {
            let (attempt, seq) = (posting.attempts[0], posting.answers[0].receipt.seq)
            if let before = last[attempt.visit], before.seq > seq, before.at < attempt.at {
                faults.note(.reordered, "client \(posting.client): a post stands at \(seq), sent after \(before.seq)")
            }
            last[attempt.visit] = (attempt.at, seq)
        }
    }

    /// However often a post is answered, it stands in one place.
    private func checkAnswers(_ faults: inout HistoryFaults) {
        for posting in history.postings {
            let places = Set(posting.answers.filter { !history.mayBeLost($0.at) }.map(\.receipt.seq))
            let isTwice = posting.answers.count { !$0.receipt.isDuplicate } > 1 && history.lossAt == nil
            if places.count > 1 || isTwice {
                faults.note(
                    .doubled, "post \(posting.number) of client \(posting.client) was answered at \(places.sorted())")
            }
        }
    }

    private func name(_ visit: ClassHistory.Visit) -> String { "client \(visit.client) on node \(visit.node + 1)" }

    /// The highest seq that was answered before a moment; moments must be asked for in their order.
    private struct Newest {
        private let answers: [ClassHistory.Answer]
        private var next = 0
        private var highest: ClassHistory.Answer?

        init(_ history: ClassHistory) {
            // What was answered before a loss may have another place now.
            answers = history.postings.flatMap(\.answers).filter { !history.mayBeLost($0.at) }.sorted { $0.at < $1.at }
        }

        mutating func before(_ moment: UInt64) -> ClassHistory.Answer? {
            while next < answers.count, answers[next].at < moment {
                if answers[next].receipt.seq > highest?.receipt.seq ?? 0 { highest = answers[next] }
                next += 1
            }
            return highest
        }
    }
}
