/// From readable sockets to the diaries.
extension CrashEngine {
    private static let pageLength: Int64 = 200

    func handle(_ client: CrashClient, _ readiness: EpollLoop.Readiness) {
        let connection = client.connection
        switch connection.phase {
        case .waiting, .closed: return
        case .connecting:
            guard connection.socket?.connectionError == 0 else { return drop(client) }
            connection.phase = .upgrading
            let host = doors[client.door]?.host ?? ""
            connection.enqueue(
                raw: Handshake.request(
                    host: host, path: connection.session.plan.path, subprotocol: Dialect.hub.subprotocol))
            flush(client)
        case .upgrading, .greeting, .joined:
            if readiness.contains(.writable) { flush(client) }
            if !readiness.isDisjoint(with: [.readable, .failed]) { receive(client) }
        }
    }

    private func receive(_ client: CrashClient) {
        guard let socket = client.connection.socket else { return }
        switch buffer.fill(from: socket) {
        case .wouldBlock: return
        case .bytes(let count) where count > 0:
            let bytes = buffer.withBytes(count) { $0.copied() }
            if client.connection.phase == .upgrading {
                upgrade(client, bytes)
            } else {
                client.reader.append(bytes)
            }
            readMessages(client)
        case .bytes, .failed: drop(client)
        }
    }

    private func upgrade(_ client: CrashClient, _ bytes: [UInt8]) {
        let connection = client.connection
        connection.unread += bytes
        switch Handshake.outcome(of: connection.unread, subprotocol: Dialect.hub.subprotocol) {
        case .incomplete: return
        case .refused: drop(client)
        case .open(let start):
            client.reader.append(Array(connection.unread[start...]))
            connection.unread = []
            connection.phase = .greeting
            let resume = client.diary.epoch.map { (seq: client.diary.position, epoch: $0) }
            client.askedAt = MonotonicClock.now
            connection.enqueue(
                Handshake.hello(token: connection.plan.token, resume: resume, witness: client.diary.witness),
                with: &writer)
            flush(client)
        }
    }

    private func readMessages(_ client: CrashClient) {
        do {
            while client.connection.phase != .closed, let message = try client.reader.next() {
                switch message {
                case .text(let bytes): handle(client, try frame(of: bytes, for: client))
                case .ping(let payload):
                    client.connection.enqueue(.pong, payload, with: &writer)
                    flush(client)
                case .close: drop(client)
                }
            }
        } catch {
            fault(.malformed, client, "\(error)")
            drop(client)
        }
    }

    /// What goes to all clients of a class is decoded once.
    private func frame(of bytes: [UInt8], for client: CrashClient) throws(JSONScanner.Malformed) -> ServerFrame {
        let session = client.connection.session
        if let entry = session.cache.entry(for: bytes.span) {
            switch entry.content {
            case .events(let batch): return .events(batch)
            case .presence(let news): return .presence(news)
            case .votes(let counts): return .votes(counts)
            case .ephemeral(let name): return .ephemeral(name: name)
            }
        }
        let frame = try ServerFrame(decoding: bytes)
        switch frame {
        case .events(let batch): session.cache.keep(FrameCache.Entry(bytes: bytes, content: .events(batch)))
        case .presence(let news): session.cache.keep(FrameCache.Entry(bytes: bytes, content: .presence(news)))
        default: break
        }
        return frame
    }

    private func handle(_ client: CrashClient, _ frame: ServerFrame) {
        switch frame {
        case .welcome(let welcome): welcomed(client, welcome)
        case .events(let batch):
            if client.connection.phase != .joined { fault(.malformed, client, "events before the welcome") }
            if !batch.isConsecutive { fault(.brokenFrame, client, "a frame at \(batch.position) is not consecutive") }
            client.diary.receive(batch)
            client.see(batch.events)
            received(batch, of: client)
        case .page(let ref, let events):
            guard ref == client.pageRef else { return fault(.malformed, client, "a page that nobody asked for") }
            client.pageRef = nil
            if events.isEmpty { return fault(.lost, client, "an empty page before \(client.diary.position)") }
            client.diary.receive(page: events)
            askForPage(client)
        case .posted(let ref, let receipt):
            figures.acknowledgements += 1
            if receipt.isDuplicate { figures.duplicates += 1 }
            guard let post = client.acknowledge(receipt, ref: ref) else {
                return fault(.malformed, client, "an answer to no post")
            }
            answered(post, receipt, of: client)
            if post.isQuestion { room(of: client).asked(receipt.id, by: client.connection.plan.userID) }
        case .done(let ref, let done): answered(client, done, ref: ref)
        case .votes(let counts): client.counts.merge(counts) { $1 }
        case .presence(let news): received(news, of: client)
        case .refused(let ref, let refusal): refused(client, refusal, ref: ref)
        // It is followed by the end of the connection.
        case .bye(let bye):
            let pause = UInt64(max(bye.afterMilliseconds ?? 0, 0)) * MonotonicClock.millisecond
            client.returnAt = MonotonicClock.now + pause
        case .ephemeral: return
        }
    }

    private func welcomed(_ client: CrashClient, _ welcome: ServerFrame.Welcome) {
        guard client.connection.phase == .greeting else { return fault(.malformed, client, "a second welcome") }
        client.connection.phase = .joined
        client.welcomes += 1
        let asked = client.diary.epoch != nil
        if asked, !welcome.resumed { client.freshStarts += 1 }
        if !asked, welcome.resumed { fault(.malformed, client, "resumed, and had nothing to resume") }
        let now = MonotonicClock.now
        beginVisit(of: client, welcome, position: asked ? client.diary.position : nil, at: now)
        if let orphanedAt = client.orphanedAt { figures.orphans.append((now - orphanedAt, welcome.resumed)) }
        client.orphanedAt = nil
        client.diary.receive(welcome)
        (client.hands, client.counts) = (welcome.hands, welcome.questions.mapValues(\.votes))
        client.people = Set(welcome.people)
        if tempo.repostsLost {
            client.repostLost(isFresh: !welcome.resumed, in: welcome.events, at: now)
        }
        if let lostAt = client.lostAt, now > lostAt + tempo.longestAbsence { client.hand.doubt(until: now) }
        client.lostAt = nil
        room(of: client).check(welcome, of: client, &faults)
        askForPage(client)
    }

    /// Asks for what the client lacks, unless it waits for that already.
    func askForPage(_ client: CrashClient) {
        client.pageAt = .max
        guard client.pageRef == nil, let missing = client.diary.missing else { return }
        let ref = client.connection.nextRef()
        client.pageRef = ref
        let limit = min(Int64(missing.count), Self.pageLength)
        client.connection.enqueue(
            #"{"ref":\#(ref),"type":"history","after_seq":\#(missing.lowerBound - 1),"limit":\#(limit)}"#, with: &writer
        )
        flush(client)
    }

    /// A post that is refused for a while is sent again, a hello comes again with the next connection.
    private func refused(_ client: CrashClient, _ refusal: ServerFrame.Refusal, ref: Int64?) {
        guard client.connection.phase == .joined else { return drop(client) }
        if refusedMove(client, refusal, ref: ref) || refusedByRule(client, refusal, ref: ref) { return }
        if let ref, ref == client.pageRef, refusal.isForAWhile {
            figures.retries += 1
            client.pageRef = nil
            client.pageAt = MonotonicClock.now + refusal.pause
            return
        }
        guard refusal.isForAWhile || refusal.code == "removed",
            let index = client.pending.firstIndex(where: { $0.ref == ref })
        else {
            fault(.refused, client, "\(refusal.code): \(refusal.message)")
            return drop(client)
        }
        figures.retries += 1
        client.pending[index].ref = nil
        client.pending[index].dueAt = MonotonicClock.now + refusal.pause
    }
}
