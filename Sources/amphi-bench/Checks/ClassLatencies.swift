/// How long things took in a class, from its history. Pure.
struct ClassLatencies: Sendable, Equatable {
    /// From the sending of a post until its answer.
    var answers = LatencyHistogram()
    /// From the sending of a post until others had it, at the author's hub and at others.
    var sameNode = LatencyHistogram()
    var otherNode = LatencyHistogram()

    /// Adds what a history holds; posts that were sent more than once, or before `begin`, do not count.
    mutating func add(_ history: ClassHistory, from begin: UInt64) {
        for posting in history.postings where posting.attempts.count == 1 && posting.attempts[0].at >= begin {
            if let answer = posting.answers.first { answers.record(answer.at - posting.attempts[0].at) }
        }
        for visit in history.visits {
            for frame in visit.frames {
                for marker in frame.batch.events.lazy.compactMap(\.marker) where marker.sender != visit.client {
                    guard let posting = history.posting(of: marker), posting.attempts.count == 1,
                        let attempt = posting.attempts.first, attempt.at >= begin, frame.at >= attempt.at
                    else { continue }
                    if history.visits[attempt.visit].node == visit.node {
                        sameNode.record(frame.at - attempt.at)
                    } else {
                        otherNode.record(frame.at - attempt.at)
                    }
                }
            }
        }
    }
}
