/// Whether a hub that nothing disturbed answered and told what it should in time, whatever happened to others. Pure;
/// times are monotonic nanoseconds.
struct PromptnessCheck: Sendable {
    /// Something that was done to a hub, or to all of them, and the time for which it may be felt there.
    struct Disturbance: Sendable, Equatable {
        /// Nil for all.
        let node: Int?
        let from: UInt64
        /// `.max` while it lasts.
        var until = UInt64.max
    }

    /// A hub that stops in the middle of a transaction holds a class up for 2 s at most, at other hubs as well.
    static let longestAnswer = 2500 * MonotonicClock.millisecond
    /// Without a hint another hub looks for news once a second.
    static let longestDelivery = 1300 * MonotonicClock.millisecond

    private let history: ClassHistory
    private let disturbances: [Disturbance]

    init(_ history: ClassHistory, _ disturbances: [Disturbance]) {
        (self.history, self.disturbances) = (history, disturbances)
    }

    func check(_ faults: inout HistoryFaults) {
        for posting in history.postings where posting.attempts.count == 1 {
            guard let answer = posting.answers.first else { continue }
            let (node, sentAt) = (node(of: posting.attempts[0].visit), posting.attempts[0].at)
            guard answer.at > sentAt + Self.longestAnswer, !isDisturbed([node], sentAt, answer.at) else { continue }
            let pause = (answer.at - sentAt) / MonotonicClock.millisecond
            faults.note(.late, "client \(posting.client) had an answer of node \(node + 1) after \(pause) ms")
        }
        for visit in history.visits {
            for frame in visit.frames { check(frame, visit, &faults) }
        }
    }

    private func check(_ frame: ClassHistory.Frame, _ visit: ClassHistory.Visit, _ faults: inout HistoryFaults) {
        for marker in frame.batch.events.lazy.compactMap(\.marker) {
            guard let posting = history.posting(of: marker), posting.attempts.count == 1,
                let answer = posting.answers.first, frame.at > answer.at + Self.longestDelivery
            else { continue }
            let nodes = [node(of: answer.visit), visit.node]
            guard !isDisturbed(nodes, answer.at, frame.at) else { continue }
            let pause = (frame.at - answer.at) / MonotonicClock.millisecond
            faults.note(
                .late, "on node \(visit.node + 1) a post of node \(nodes[0] + 1) came \(pause) ms after its answer")
        }
    }

    private func node(of visit: Int) -> Int { history.visits[visit].node }

    private func isDisturbed(_ nodes: [Int], _ from: UInt64, _ until: UInt64) -> Bool {
        disturbances.contains { disturbance in
            (disturbance.node.map(nodes.contains) ?? true) && disturbance.from <= until && from <= disturbance.until
        }
    }
}
