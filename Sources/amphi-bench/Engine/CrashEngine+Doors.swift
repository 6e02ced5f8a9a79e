/// Several hubs: which one a client goes to, and who is where.
extension CrashEngine {
    /// A hub takes connections, at a new place or again.
    func open(_ door: Int, at address: HubAddress) { doors[door] = address }

    /// A hub takes nobody from now on, as when a load balancer has found it dead. Those who are there lose their
    /// connections.
    func shut(_ door: Int) {
        doors[door] = nil
        cut(door)
    }

    /// A hub is being stopped in good order: it sends its people away by itself.
    func close(_ door: Int) { doors[door] = nil }

    /// The connections to one hub break.
    func cut(_ door: Int) {
        for client in clients where client.door == door && client.isConnected { drop(client) }
    }

    /// Of those who have a place at it now.
    func people(at door: Int) -> [CrashClient] {
        clients.filter { $0.door == door && $0.connection.phase == .joined }
    }

    /// Another one than where the client was, if there is one; nil when none takes anybody.
    func choose(for client: CrashClient) -> Int? {
        let open = doors.indices.filter { doors[$0] != nil }
        return open.filter { $0 != client.door }.randomElement(using: &random) ?? open.first
    }

    /// Everybody goes to another hub, each second one with a new page that knows nothing.
    func moveOn() {
        for (index, client) in clients.enumerated() where !client.isGone {
            if index % 2 == 0 { client.diary = ClientDiary() }
            drop(client)
        }
    }

    /// Of each class the people who are connected, by their ids.
    func connected(in room: CrashClass) -> Set<Int64> {
        Set(room.clients.filter { $0.connection.phase == .joined }.map(\.connection.plan.userID))
    }

    /// Whether everybody knows exactly those who are there.
    var isPresenceTrue: Bool {
        classes.allSatisfy { room in
            let connected = connected(in: room)
            return room.clients.allSatisfy { $0.isGone || $0.people == connected }
        }
    }
}

/// What is written down.
extension CrashEngine {
    func beginVisit(of client: CrashClient, _ welcome: ServerFrame.Welcome, position: Int64?, at now: UInt64) {
        let plan = client.connection.plan
        client.visit = histories?[client.classIndex].begin(
            ClassHistory.Visit(
                client: plan.number, user: plan.userID, node: client.door, askedAt: client.askedAt, welcomedAt: now,
                position: position, isResumed: welcome.resumed, seq: welcome.seq, events: welcome.events))
    }

    func received(_ batch: EventBatch, of client: CrashClient) {
        guard let visit = client.visit else { return }
        histories?[client.classIndex].receive(batch, on: visit, at: MonotonicClock.now)
    }

    func received(_ news: ServerFrame.PresenceNews, of client: CrashClient) {
        if let people = news.people { client.people = Set(people) }
        client.people.formUnion(news.joined)
        client.people.subtract(news.left)
        if let hands = news.hands { client.hands = hands }
        guard let visit = client.visit else { return }
        histories?[client.classIndex].receive(news, on: visit, at: MonotonicClock.now)
    }

    func sent(_ post: Post, of client: CrashClient, at now: UInt64) {
        guard let visit = client.visit else { return }
        histories?[client.classIndex].send(post, by: client.connection.plan.userID, on: visit, at: now)
    }

    func answered(_ post: Post, _ receipt: ServerFrame.Receipt, of client: CrashClient) {
        guard let visit = client.visit else { return }
        histories?[client.classIndex].answer(post, receipt, on: visit, at: MonotonicClock.now)
    }

    func removes(_ move: CrashMove, _ client: CrashClient, at now: UInt64) {
        guard case .remove(let user) = move else { return }
        histories?[client.classIndex].removals.append(ClassHistory.Removal(user: user, sentAt: now))
    }

    func removed(_ move: CrashMove, _ client: CrashClient, at now: UInt64) {
        guard case .remove(let user) = move, let history = histories?[client.classIndex],
            let index = history.removals.lastIndex(where: { $0.user == user && $0.answeredAt == nil })
        else { return }
        histories?[client.classIndex].removals[index].answeredAt = now
    }

    func endVisit(of client: CrashClient, at now: UInt64) {
        guard let visit = client.visit else { return }
        histories?[client.classIndex].end(visit, at: now)
        client.visit = nil
    }
}
