/// Drives the clients of one run of `crash` or `cluster` on one thread: they post, lose their connections, come back,
/// where there are several hubs to another one, and resume.
final class CrashEngine {
    struct Figures {
        var acknowledgements = 0
        /// Of these: the post had been stored before, and its first answer was lost on the way.
        var duplicates = 0
        /// Connections that the clients cut.
        var cuts = 0
        /// Cuts after which the client came back without its position.
        var reloads = 0
        /// Refused for a while and sent again.
        var retries = 0
        /// Votes, hands and acts of hosts; those with an ok, and votes for one's own question.
        var moves = 0
        var answeredMoves = 0
        var refusedMoves = 0
        /// By a mute or a lock.
        var refusedPosts = 0
        /// Those whose hub was killed: how long it took until they had their welcome elsewhere (nanoseconds).
        var orphans: [(pause: UInt64, isResumed: Bool)] = []
    }

    private static let cutsPerReload: UInt64 = 10
    private static let handshakePatience = 5 * MonotonicClock.second

    /// So many people of a class ask a question first.
    private static let askers = 3

    let clients: [CrashClient]
    let classes: [CrashClass]
    var figures = Figures()
    var faults = HistoryFaults()
    /// Whether new posts are made and connections cut.
    var isRestless = true
    let loop: EpollLoop
    let buffer = ReceiveBuffer(size: 64 * 1024)
    var writer: FrameWriter
    var random: SeededRandom
    let tempo: Tempo
    /// Where the hubs listen; nil for one that takes nobody. Each client connects to any.
    var doors: [HubAddress?]
    /// For so long a hub keeps what it was sent, while its database does not answer.
    private static let longestWait = 12 * MonotonicClock.second
    /// The hubs that were stopped and went on, or will: they find in their sockets what was sent before.
    var frozen: Set<Int> = []
    /// What happened in each class; nil unless it is written down.
    var histories: [ClassHistory]?

    init(_ plans: [SessionPlan], doors: [HubAddress?], tempo: Tempo = .crash, random: SeededRandom) throws {
        loop = try EpollLoop()
        (self.doors, self.tempo, self.random) = (doors, tempo, random)
        writer = FrameWriter(seed: self.random.next())
        var (clients, classes): ([CrashClient], [CrashClass]) = ([], [])
        for plan in plans {
            let session = SessionLoad(plan)
            var people: [CrashClient] = []
            for (index, client) in plan.clients.enumerated() {
                let connection = ClientConnection(tag: clients.count + index, plan: client, session: session)
                people.append(
                    CrashClient(
                        connection: connection, classIndex: classes.count,
                        isHost: client.userID == plan.host?.userID, isAsker: index < Self.askers))
            }
            clients += people
            classes.append(CrashClass(plan, clients: people))
        }
        (self.clients, self.classes) = (clients, classes)
    }

    /// Runs until `deadline`, or until `isDone`, which is asked after every turn. Returns whether it was done.
    @discardableResult
    func run(until deadline: UInt64, isDone: () -> Bool = { false }) throws -> Bool {
        while !isDone() {
            let now = MonotonicClock.now
            if now >= deadline { return false }
            for client in clients { act(client, at: now) }
            let next = clients.reduce(deadline) { min($0, due($1)) }
            try loop.wait(until: next) { tag, readiness in handle(clients[tag], readiness) }
        }
        return true
    }

    /// Everybody posts and does something else at once, so that a kill that follows hits it on its way.
    func burst() {
        let now = MonotonicClock.now
        for client in clients where client.connection.phase == .joined {
            if hasRoom(client) { client.compose(at: now, textBytes: tempo.textBytes) }
            move(client, at: now)
            sendPending(client, at: now)
        }
    }

    /// The only hub was started again, at another port. Nothing is left of the old one's connections.
    func move(to address: HubAddress) {
        doors = [address]
        let now = MonotonicClock.now
        for room in classes { room.restartedAt = now }
        for client in clients { client.lose(connectAt: now + random.pause(0...200)) }
    }

    /// Whether everybody has every answer, stands at the newest event of the session, and knows the same of it.
    var isConverged: Bool {
        var heads: [Int64: Int64] = [:]
        for client in clients where !client.isGone {
            guard client.isSettled else { return false }
            heads[client.connection.session.plan.id, default: 0].formMax(client.head)
        }
        return clients.allSatisfy { $0.isGone || $0.diary.position == heads[$0.connection.session.plan.id] }
            && classes.allSatisfy(\.isAgreed)
    }

    func drop(_ client: CrashClient) {
        let now = MonotonicClock.now
        endVisit(of: client, at: now)
        // A hub alone carries out everything in the order in which it came.
        let mayHappen = doors.count > 1
        if mayHappen, let errand = client.errand, errand.ref != nil {
            let end = frozen.contains(client.door) ? .max : now + Self.longestWait
            room(of: client).doubts(errand.move, of: client, until: end)
        }
        client.lose(connectAt: max(client.returnAt, now + random.pause(tempo.returns)), mayHappen: mayHappen)
        client.returnAt = 0
    }

    func fault(_ kind: HistoryFaults.Kind, _ client: CrashClient, _ what: String) {
        faults.note(kind, "client \(client.connection.plan.number): \(what)")
    }

    // MARK: - What is due

    private func due(_ client: CrashClient) -> UInt64 {
        let cut = isRestless ? client.cutAt : .max
        switch client.connection.phase {
        case .waiting, .closed: return client.isGone ? .max : client.connectAt
        case .joined:
            let isBusy = isRestless && !client.isLeaving
            let retry = client.pending.filter { $0.ref == nil }.map(\.dueAt).min() ?? .max
            let errand = client.errand.map { $0.ref == nil ? $0.dueAt : .max }
            let next = min(hasRoom(client) ? client.postAt : .max, errand == nil ? client.moveAt : .max)
            let leave = client.isLeaving && client.isSettled ? 0 : UInt64.max
            return min(cut, retry, errand ?? .max, isBusy ? next : .max, leave, client.pageAt)
        case .connecting, .upgrading, .greeting:
            return min(cut, client.connection.beganAt + Self.handshakePatience)
        }
    }

    private func act(_ client: CrashClient, at now: UInt64) {
        guard due(client) <= now else { return }
        switch client.connection.phase {
        case .waiting, .closed: connect(client, at: now)
        case _ where isRestless && client.cutAt <= now:
            figures.cuts += 1
            // Some close the page instead, and come back knowing nothing but what they had to say.
            if random.next() % Self.cutsPerReload == 0 {
                figures.reloads += 1
                client.diary = ClientDiary()
            }
            drop(client)
        case .joined where client.isLeaving && client.isSettled:
            drop(client)
            client.leave()
        case .joined:
            if client.pageAt <= now { askForPage(client) }
            let isBusy = isRestless && !client.isLeaving
            if isBusy, hasRoom(client), client.postAt <= now {
                client.compose(at: now, textBytes: tempo.textBytes)
                client.postAt = now + random.pause(tempo.posts)
            }
            if isBusy, client.errand == nil, client.moveAt <= now { move(client, at: now) }
            sendPending(client, at: now)
        case .connecting, .upgrading, .greeting: drop(client)
        }
    }

    private func connect(_ client: CrashClient, at now: UInt64) {
        client.cutAt = tempo.cuts.map { now + random.pause($0) } ?? .max
        guard let door = choose(for: client), let address = doors[door] else { return drop(client) }
        client.door = door
        do throws(SystemError) {
            try client.connection.connect(to: address.socket, in: loop, at: now)
        } catch {
            drop(client)
        }
    }

    private func hasRoom(_ client: CrashClient) -> Bool { client.pending.count < tempo.mostPending }

    private func sendPending(_ client: CrashClient, at now: UInt64) {
        for (index, attempt) in client.pending.enumerated() where attempt.ref == nil && attempt.dueAt <= now {
            let ref = client.connection.nextRef()
            client.pending[index].ref = ref
            client.pending[index].sentAt = now
            let post = client.intents[attempt.intent].post
            client.connection.enqueue(post.frame(ref: Int(ref)), with: &writer)
            sent(post, of: client, at: now)
        }
        sendErrand(client, at: now)
        flush(client)
    }

    /// Writes what it can, and asks for writability exactly while something is left.
    func flush(_ client: CrashClient) {
        do throws(SystemError) {
            try client.connection.flush()
            try client.connection.watch(in: loop)
        } catch {
            drop(client)
        }
    }
}

extension Int64 {
    fileprivate mutating func formMax(_ other: Int64) { self = Swift.max(self, other) }
}
