/// Losing the connection, coming back at one's position, and fetching what does not fit into a welcome.
extension LoadEngine {
    /// Where nobody named a time: within the shortest wait at first, then with full jitter between these, doubling, as
    /// the page's client does.
    private static let (shortestWait, longestWait): (UInt64, UInt64) = (500, 20_000)
    private static let pageLength: Int64 = 200

    /// A bye names the time to come back; the end of the connection follows it.
    func saidBye(_ bye: ServerFrame.Bye, to connection: ClientConnection, at now: UInt64) {
        tally.byes[bye.code, default: 0] += 1
        connection.returnAt = bye.afterMilliseconds.map { now + UInt64(max($0, 0)) * MonotonicClock.millisecond }
    }

    func lost(_ connection: ClientConnection, because reason: String) {
        let now = MonotonicClock.now
        tally.losses[reason, default: 0] += 1
        connection.losses += 1
        let ceiling = min(Self.longestWait, Self.shortestWait << UInt64(min(connection.failedReturns + 1, 10)))
        let isFirst = connection.failedReturns == 0
        let own = random.pause(isFirst ? 0...Self.shortestWait : Self.shortestWait...ceiling)
        let wait = isFirst && connection.returnAt != nil ? 0 : own
        connection.failedReturns += 1
        connection.close()
        connection.phase = .waiting
        returns.add(connection, at: max(connection.returnAt ?? now, now + wait))
    }

    /// Connects again whose time has come.
    func comeBack(at now: UInt64) {
        while let connection = returns.takeDue(at: now) {
            guard connection.phase == .waiting else { continue }
            tally.returnAttempts.append(now)
            start(connection, at: now)
        }
    }

    /// The welcome of somebody who was here before.
    func cameBack(_ connection: ClientConnection, _ welcome: ServerFrame.Welcome) {
        let now = MonotonicClock.now
        connection.phase = .joined
        connection.failedReturns = 0
        connection.returnAt = nil
        tally.returned.append(now)
        saw(welcome.present, on: connection)
        if connection.reading != .full {
            connection.read(connection.reading)
            markForFlush(connection)
        }
        if welcome.resumed {
            tally.resumed += 1
            if !welcome.events.isEmpty {
                take(EventBatch(position: welcome.seq, events: welcome.events), of: connection, at: now)
            }
        } else {
            connection.catchUp = CatchUp(welcome)
            askForPage(connection, at: now)
        }
    }

    func received(page events: [SessionEvent], ref: Int64, of connection: ClientConnection, at now: UInt64) {
        guard connection.catchUp?.ref == ref else {
            return tally.faults.note(.malformed, "client \(connection.plan.number): a page that nobody asked for")
        }
        guard let last = events.last else {
            return tally.faults.note(.lost, "client \(connection.plan.number): an empty page")
        }
        take(EventBatch(position: last.seq, events: events), of: connection, at: now)
        askForPage(connection, at: now)
    }

    /// The next page, or, when nothing is missing any more, what waited for it.
    private func askForPage(_ connection: ClientConnection, at now: UInt64) {
        guard let catchUp = connection.catchUp else { return }
        let missing = catchUp.end - connection.history.seq
        guard missing > 0 else {
            connection.catchUp = nil
            for batch in catchUp.held { take(batch, of: connection, at: now) }
            return
        }
        let ref = connection.nextRef()
        connection.catchUp?.ref = ref
        let limit = min(missing, Self.pageLength)
        connection.enqueue(
            #"{"ref":\#(ref),"type":"history","after_seq":\#(connection.history.seq),"limit":\#(limit)}"#,
            with: &writer)
        markForFlush(connection)
    }

    /// Events that did not come as a live frame: nothing is timed.
    private func take(_ batch: EventBatch, of connection: ClientConnection, at now: UInt64) {
        connection.session.history.witness(batch, &tally.faults)
        deliver(batch, sentAt: [], to: connection, at: now)
    }
}
