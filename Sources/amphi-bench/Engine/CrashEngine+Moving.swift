/// Votes, hands and what hosts do: one command of each person at a time, said again until it is answered.
extension CrashEngine {
    /// The next move of a client, to be sent at once; none when there is nothing to do.
    func move(_ client: CrashClient, at now: UInt64) {
        let room = room(of: client)
        guard let pauses = tempo.moves else { return client.moveAt = .max }
        client.moveAt = now + random.pause(client.isHost ? pauses.host : pauses.member)
        guard client.errand == nil, let move = next(client, room) else { return }
        client.errand = CrashClient.Errand(move: move, ref: nil, dueAt: now)
        figures.moves += 1
        room.begins(move, of: client, at: now)
        removes(move, client, at: now)
    }

    func sendErrand(_ client: CrashClient, at now: UInt64) {
        guard let errand = client.errand, errand.ref == nil, errand.dueAt <= now else { return }
        let ref = client.connection.nextRef()
        client.errand?.ref = ref
        client.connection.enqueue(errand.move.frame(ref: ref), with: &writer)
    }

    func answered(_ client: CrashClient, _ done: ServerFrame.Done, ref: Int64) {
        guard let errand = client.errand, errand.ref == ref else {
            return fault(.malformed, client, "an answer to no command")
        }
        client.errand = nil
        figures.answeredMoves += 1
        if let seq = done.seq { client.newestAct = seq }
        room(of: client).acknowledges(errand.move, of: client, seq: done.seq, at: MonotonicClock.now)
        removed(errand.move, client, at: MonotonicClock.now)
    }

    /// Takes the refusal of a move; false when it is none.
    func refusedMove(_ client: CrashClient, _ refusal: ServerFrame.Refusal, ref: Int64?) -> Bool {
        guard let errand = client.errand, errand.ref == ref else { return false }
        let room = room(of: client)
        // Nobody votes for their own question.
        if case .vote(let question, _) = errand.move, room.isOwn(question, of: client), refusal.code == "forbidden" {
            client.errand = nil
            figures.refusedMoves += 1
            room.refuses(errand.move, of: client)
        } else if refusal.isForAWhile || ["removed", "not_joined"].contains(refusal.code) {
            figures.retries += 1
            client.errand?.ref = nil
            client.errand?.dueAt = MonotonicClock.now + refusal.pause
        } else {
            fault(.refused, client, "\(errand.move): \(refusal.code)")
            drop(client)
        }
        return true
    }

    /// Takes the refusal of a post for good, by a rule that a host has set; false when it is no such refusal.
    func refusedByRule(_ client: CrashClient, _ refusal: ServerFrame.Refusal, ref: Int64?) -> Bool {
        guard ["muted", "chat_locked"].contains(refusal.code),
            let index = client.pending.firstIndex(where: { $0.ref == ref })
        else { return false }
        let attempt = client.pending[index]
        if !room(of: client).mayRefuse(refusal.code, client, sentAt: attempt.sentAt) {
            fault(.untrue, client, "\(refusal.code) after the acknowledged end of it")
        }
        client.refuse(at: index)
        figures.refusedPosts += 1
        return true
    }

    func room(of client: CrashClient) -> CrashClass { classes[client.classIndex] }

    private func next(_ client: CrashClient, _ room: CrashClass) -> CrashMove? {
        if client.isHost { return room.nextAct(&random) }
        guard random.next() % 3 > 0, let question = room.questions.randomElement(using: &random) else {
            // By turns: whoever raises a hand that is up keeps the old place.
            return .hand(isUp: !client.hand.wanted)
        }
        return .vote(question: question, on: random.next() % 3 > 0)
    }
}
