/// Posting at a pace, retries, and waiting until everybody has everything.
extension LoadEngine {
    struct Retry {
        let sender: Sender
        let post: Post
        /// Whether the post was certainly not stored, so that it may carry the time of its next attempt.
        let mayCarryNewTime: Bool
    }

    struct Posting {
        let completion: Pace.Completion
        /// In flight per session; 0 when a fixed rate decides.
        let depth: Int
        /// Posts a second; 0 when `depth` decides.
        let rate: Double
        let textBytes: ClosedRange<Int>
        let began: UInt64
        /// Of a fixed rate: posts that have been sent.
        var count = 0
    }

    /// Begins to post; `stopPosting` ends it.
    func startPosting(_ pace: Pace, textBytes: ClosedRange<Int>) {
        let now = MonotonicClock.now
        switch pace {
        case .idle: posting = nil
        case .rate(let rate):
            posting = Posting(completion: .acknowledged, depth: 0, rate: rate, textBytes: textBytes, began: now)
        case .inFlight(let depth, let completion):
            posting = Posting(completion: completion, depth: depth, rate: 0, textBytes: textBytes, began: now)
            for session in sessions { sendMore(in: session, at: now) }
        }
    }

    func stopPosting() { posting = nil }

    /// Posts for `duration` nanoseconds, or until so many posts are acknowledged.
    func post(
        _ pace: Pace, for duration: UInt64, textBytes: ClosedRange<Int>, acknowledgements: Int = .max
    ) throws {
        startPosting(pace, textBytes: textBytes)
        try run(until: MonotonicClock.now + duration) { tally.acknowledged >= acknowledgements }
        stopPosting()
    }

    /// Waits until every post is answered and every client is at its session's head, at most for `patience`
    /// nanoseconds; then notes what is missing.
    func drain(within patience: UInt64) throws {
        let end = MonotonicClock.now + patience
        try run(until: end) { isSettled }
        for session in sessions {
            let unanswered = session.unacknowledged
            tally.faults.note(.unanswered, count: unanswered, "session \(session.plan.id)")
            for laggard in session.laggards {
                let position = "\(laggard.history.seq) of \(session.history.head)"
                tally.faults.note(.behind, "client \(laggard.plan.number) is at \(position)")
            }
            let resent = session.senders.map { ($0.connection.plan.number, $0.resent) }
            session.history.checkSenderOrder(resent: Dictionary(uniqueKeysWithValues: resent), &tally.faults)
        }
    }

    /// An answer or an arrival made room: fills it.
    func sendMore(in session: SessionLoad, at now: UInt64) {
        guard let posting, posting.depth > 0 else { return }
        func room() -> Int {
            posting.depth - (posting.completion == .delivered ? session.undelivered : session.unacknowledged)
        }
        while room() > 0, let sender = session.takeSender() { sendNew(from: sender, at: now, plannedFor: now) }
    }

    func posted(_ receipt: ServerFrame.Receipt, ref: Int64, of connection: ClientConnection, at now: UInt64) {
        guard let sender = connection.sender, let attempt = sender.answered(ref: ref) else {
            return tally.faults.note(.malformed, "client \(connection.plan.number): unasked answer to ref \(ref)")
        }
        tally.acknowledged += 1
        tally.duplicates += receipt.isDuplicate ? 1 : 0
        tally.lastAckAt = now
        tally.ackLatency.record(now - attempt.sentAt)
        let digest = EventDigest.make(receipt: receipt, author: connection.plan.userID, text: attempt.post.text)
        connection.session.history.witness(digest, at: receipt.seq, &tally.faults)
        if posting?.completion == .acknowledged { sendMore(in: connection.session, at: now) }
    }

    func refused(_ refusal: ServerFrame.Refusal, ref: Int64?, of connection: ClientConnection, at now: UInt64) {
        guard let ref, let sender = connection.sender, let attempt = sender.answered(ref: ref) else {
            return tally.faults.note(.refused, "client \(connection.plan.number): \(refusal.code) without a post")
        }
        let isLimit = refusal.code == "rate_limited" || refusal.code == "slow_mode"
        guard isLimit || refusal.code == "store_unavailable" || refusal.code == "internal" else {
            connection.session.posted -= 1
            return tally.faults.note(.refused, "\(refusal.code): \(refusal.message)")
        }
        let pause = UInt64(max(isLimit ? 0 : 50, refusal.retryAfterMilliseconds ?? 200))
        tally.retries[refusal.code, default: 0] += 1
        sender.willRetry(attempt.post)
        retries.add(
            Retry(sender: sender, post: attempt.post, mayCarryNewTime: isLimit),
            at: now + pause * MonotonicClock.millisecond)
    }

    /// When the next post of a fixed rate is due, `.max` without one.
    var nextPostAt: UInt64 { posting.map(dueTime) ?? .max }

    /// An open loop: post number k goes out at k / rate, whether the ones before were answered or not.
    func sendDuePosts(at now: UInt64) {
        while let posting, dueTime(posting) <= now {
            self.posting?.count += 1
            if let sender = sessions[posting.count % sessions.count].takeSender() {
                sendNew(from: sender, at: MonotonicClock.now, plannedFor: dueTime(posting))
            }
        }
    }

    func sendRetries(at now: UInt64) {
        while let retry = retries.takeDue(at: now) {
            guard retry.sender.connection.phase == .joined else { continue }
            let post = retry.mayCarryNewTime ? retry.post.carrying(now) : retry.post
            retry.sender.retry(post, at: now, with: &writer)
            markForFlush(retry.sender.connection)
        }
    }

    private func dueTime(_ posting: Posting) -> UInt64 {
        posting.rate > 0 ? posting.began + UInt64(Double(posting.count) / posting.rate * 1e9) : .max
    }

    private var isSettled: Bool { sessions.allSatisfy(\.isSettled) }

    private func sendNew(from sender: Sender, at now: UInt64, plannedFor planned: UInt64) {
        guard let posting else { return }
        let post = sender.compose(at: now, textBytes: posting.textBytes)
        sender.send(post, at: now, with: &writer)
        markForFlush(sender.connection)
        if !dialect.hasReplies { sender.connection.session.history.expect(Int64(post.marker.number) + 1) }
        sender.connection.session.posted += 1
        tally.posted += 1
        tally.firstPostAt = min(tally.firstPostAt, now)
        if posting.depth == 0 { tally.sendSlip.record(now > planned ? now - planned : 0) }
    }
}
