/// Posting at a pace, retries, and waiting until everybody has everything.
extension LoadEngine {
    struct Posting {
        let completion: Pace.Completion
        /// In flight per session; 0 when a fixed rate decides.
        let depth: Int
        let textBytes: Int
    }

    /// Posts for `duration` nanoseconds.
    func post(_ pace: Pace, for duration: UInt64, textBytes: Int) throws {
        let began = MonotonicClock.now
        let end = began + duration
        switch pace {
        case .idle: try idle(for: duration)
        case .rate(let rate):
            posting = Posting(completion: .acknowledged, depth: 0, textBytes: textBytes)
            try postSteadily(rate, from: began, to: end)
        case .inFlight(let depth, let completion):
            posting = Posting(completion: completion, depth: depth, textBytes: textBytes)
            for session in sessions { sendMore(in: session, at: began) }
            while MonotonicClock.now < end {
                try turn(until: min(end, nextRetryAt))
                sendRetries(at: MonotonicClock.now)
            }
        }
        posting = nil
    }

    /// Waits until every post is answered and every client is at its session's head, at most for `patience`
    /// nanoseconds; then notes what is missing.
    func drain(within patience: UInt64) throws {
        let end = MonotonicClock.now + patience
        while MonotonicClock.now < end, !isSettled {
            let now = MonotonicClock.now
            try turn(until: min(end, nextRetryAt, now + 5 * MonotonicClock.millisecond))
            sendRetries(at: MonotonicClock.now)
        }
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
        let retry = Retry(
            dueAt: now + pause * MonotonicClock.millisecond, sender: sender, post: attempt.post,
            mayCarryNewTime: isLimit)
        let place = retries.firstIndex { $0.dueAt < retry.dueAt } ?? retries.endIndex
        retries.insert(retry, at: place)
    }

    private var nextRetryAt: UInt64 { retries.last?.dueAt ?? .max }

    private var isSettled: Bool { sessions.allSatisfy(\.isSettled) }

    /// An open loop: post number k goes out at k / rate, whether the ones before were answered or not.
    private func postSteadily(_ rate: Double, from began: UInt64, to end: UInt64) throws {
        var count = 0
        while true {
            let now = MonotonicClock.now
            if now >= end { return }
            var due = began + UInt64(Double(count) / rate * 1e9)
            while due <= now, due < end {
                if let sender = sessions[count % sessions.count].takeSender() {
                    sendNew(from: sender, at: MonotonicClock.now, plannedFor: due)
                }
                count += 1
                due = began + UInt64(Double(count) / rate * 1e9)
            }
            sendRetries(at: now)
            try turn(until: min(end, due, nextRetryAt))
        }
    }

    private func sendNew(from sender: Sender, at now: UInt64, plannedFor planned: UInt64) {
        guard let posting else { return }
        let post = sender.compose(at: now, textBytes: posting.textBytes)
        sender.send(post, at: now, with: &writer)
        markForFlush(sender.connection)
        sender.connection.session.posted += 1
        tally.posted += 1
        tally.firstPostAt = min(tally.firstPostAt, now)
        if posting.depth == 0 { tally.sendSlip.record(now > planned ? now - planned : 0) }
    }

    private func sendRetries(at now: UInt64) {
        while let retry = retries.last, retry.dueAt <= now {
            retries.removeLast()
            guard retry.sender.connection.phase == .joined else { continue }
            let post = retry.mayCarryNewTime ? retry.post.carrying(now) : retry.post
            retry.sender.retry(post, at: now, with: &writer)
            markForFlush(retry.sender.connection)
        }
    }
}
