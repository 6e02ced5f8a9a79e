/// From readable bytes to checked events.
extension LoadEngine {
    func receive(_ connection: ClientConnection, atMost limit: Int = .max) {
        guard let socket = connection.socket else { return }
        switch buffer.fill(from: socket, atMost: limit) {
        case .wouldBlock: return
        case .failed(let code): drop(connection, because: SystemError("recv", code: code).description)
        case .bytes(0): drop(connection, because: "closed without a Close frame")
        case .bytes(let count):
            tally.receivedBytes += count
            if connection.phase == .upgrading || !connection.unread.isEmpty {
                buffer.withBytes(count) { connection.unread.append(contentsOf: $0.copied()) }
                readUnread(connection)
            } else {
                buffer.withBytes(count) { bytes in
                    let end = readFrames(bytes, of: connection)
                    if end < count { connection.unread = bytes.extracting(end..<count).copied() }
                }
            }
        }
    }

    private func readUnread(_ connection: ClientConnection) {
        if connection.phase == .upgrading, !finishUpgrade(connection) { return }
        let bytes = connection.unread
        connection.unread = []
        let end = readFrames(bytes.span, of: connection)
        if end < bytes.count, connection.socket != nil { connection.unread = Array(bytes[end...]) }
    }

    /// Handles all complete frames; returns where the first incomplete one begins.
    private func readFrames(_ bytes: Span<UInt8>, of connection: ClientConnection) -> Int {
        let now = MonotonicClock.now
        var start = 0
        do throws(FrameReader.Violation) {
            while connection.socket != nil, let frame = try FrameReader.frame(in: bytes, from: start) {
                handle(frame, bytes.extracting(frame.payload), of: connection, at: now)
                start = frame.payload.upperBound
            }
        } catch {
            tally.faults.note(.malformed, "client \(connection.plan.number): \(error)")
            drop(connection, because: "broken framing")
        }
        return connection.socket == nil ? bytes.count : start
    }

    private func handle(
        _ frame: FrameReader.Frame, _ payload: Span<UInt8>, of connection: ClientConnection, at now: UInt64
    ) {
        switch frame.opcode {
        case .text where connection.fragments != nil:
            tally.faults.note(.malformed, "client \(connection.plan.number): a message inside a message")
        case .text where frame.isFinal: message(payload, of: connection, at: now)
        case .text: connection.fragments = payload.copied()
        case .continuation:
            guard let begun = connection.fragments else {
                return tally.faults.note(.malformed, "client \(connection.plan.number): continues no message")
            }
            let whole = begun + payload.copied()
            connection.fragments = frame.isFinal ? nil : whole
            if frame.isFinal { message(whole.span, of: connection, at: now) }
        case .ping:
            tally.pings += 1
            connection.enqueue(.pong, payload.copied(), with: &writer)
            markForFlush(connection)
        case .pong: break
        case .close:
            let code = payload.count >= 2 ? Int(payload[0]) << 8 | Int(payload[1]) : 1005
            drop(connection, because: "closed with \(code)")
        case .binary:
            tally.faults.note(.malformed, "client \(connection.plan.number): a binary message")
        }
    }

    private func message(_ payload: Span<UInt8>, of connection: ClientConnection, at now: UInt64) {
        if connection.phase == .joined, let known = connection.session.cache.entry(for: payload) {
            return apply(known, to: connection, at: now)
        }
        let bytes = payload.copied()
        do throws(JSONScanner.Malformed) {
            try handle(dialect.read(bytes), bytes, of: connection, at: now)
        } catch {
            tally.faults.note(.malformed, "client \(connection.plan.number): no JSON at byte \(error.offset)")
        }
    }

    private func handle(_ frame: ServerFrame, _ bytes: [UInt8], of connection: ClientConnection, at now: UInt64) {
        if let ref = frame.ref, let errand = connection.errands.removeValue(forKey: ref) { return errand(frame, now) }
        switch frame {
        case .welcome(let welcome):
            tally.longestWelcome = max(tally.longestWelcome, bytes.count)
            welcomed(connection, welcome)
        case .events(let batch):
            connection.session.history.witness(batch, &tally.faults)
            remember(FrameCache.Entry(bytes: bytes, content: .events(batch)), of: connection, at: now)
        case .ephemeral(let name):
            remember(FrameCache.Entry(bytes: bytes, content: .ephemeral(name: name)), of: connection, at: now)
        case .presence(let news):
            remember(FrameCache.Entry(bytes: bytes, content: .presence(news)), of: connection, at: now)
        case .votes(let counts):
            remember(FrameCache.Entry(bytes: bytes, content: .votes(counts)), of: connection, at: now)
        case .done:
            tally.faults.note(.malformed, "client \(connection.plan.number): an answer to no command")
        case .page(let ref, let events): received(page: events, ref: ref, of: connection, at: now)
        case .bye(let bye): saidBye(bye, to: connection, at: now)
        case .posted(let ref, let receipt): posted(receipt, ref: ref, of: connection, at: now)
        case .refused(let ref, let refusal):
            if connection.phase == .greeting {
                drop(connection, because: "hello refused: \(refusal.code)")
            } else {
                refused(refusal, ref: ref, of: connection, at: now)
            }
        }
    }

    private func remember(_ entry: FrameCache.Entry, of connection: ClientConnection, at now: UInt64) {
        connection.session.cache.keep(entry)
        apply(entry, to: connection, at: now)
    }

    /// The hot path: one frame that was decoded before, at one client.
    private func apply(_ entry: FrameCache.Entry, to connection: ClientConnection, at now: UInt64) {
        switch entry.content {
        case .ephemeral(let name):
            tally.ephemeral[name, default: 0] += 1
            tally.ephemeralBytes += entry.bytes.count
        case .presence(let news):
            tally.ephemeral["presence", default: 0] += 1
            tally.ephemeralBytes += entry.bytes.count
            saw(news.present, on: connection)
            tally.presenceChanges += news.joined.count + news.left.count
            connection.presence.receive(bytes: entry.bytes.count, at: now)
            if let hands = news.hands { connection.hands = hands }
        case .votes(let counts):
            tally.ephemeral["votes", default: 0] += 1
            tally.ephemeralBytes += entry.bytes.count
            connection.votes.receive(bytes: entry.bytes.count, at: now)
            connection.counts.merge(counts) { $1 }
        case .events(let batch):
            guard connection.phase == .joined else {
                return tally.faults.note(.malformed, "client \(connection.plan.number): events before the welcome")
            }
            if connection.catchUp != nil {
                connection.catchUp?.held.append(batch)
            } else {
                deliver(batch, sentAt: entry.sendTimes, to: connection, at: now)
            }
        }
    }

    func saw(_ present: Int64?, on connection: ClientConnection) {
        guard let present else { return }
        connection.present = present
        tally.sawPresent(present)
    }

    /// - Parameter sendTimes: of the posts in it, as far as their way here is to be timed.
    func deliver(_ batch: EventBatch, sentAt sendTimes: [UInt64], to connection: ClientConnection, at now: UInt64) {
        let step = connection.history.receive(batch)
        step.note(in: &tally.faults, of: connection.plan.number, at: batch.position)
        tally.eventFrames += 1
        tally.deliveries += step.delivered
        tally.lastDeliveryAt = now
        connection.arrivals?.append((batch.position, now))
        guard step.repeated == 0 else { return }
        connection.session.arrivals += sendTimes.count
        if connection.isTimed {
            for sentAt in sendTimes where sentAt <= now { tally.deliveryLatency.record(now - sentAt) }
        }
        if posting?.completion == .delivered { sendMore(in: connection.session, at: now) }
    }
}
