/// Drives the clients of one crash run on one thread: they post, lose their connections, come back and resume.
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
    }

    private static let textBytes = 48
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
    private(set) var address: HubAddress

    init(_ plans: [SessionPlan], address: HubAddress, random: SeededRandom) throws {
        loop = try EpollLoop()
        self.address = address
        self.random = random
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
            if client.hasRoom { client.compose(at: now, textBytes: Self.textBytes) }
            move(client, at: now)
            sendPending(client, at: now)
        }
    }

    /// The hub was started again, at another port. Nothing is left of the old one's connections.
    func move(to address: HubAddress) {
        self.address = address
        let now = MonotonicClock.now
        for room in classes { room.restartedAt = now }
        for client in clients { client.lose(connectAt: now + random.pause(0...200)) }
    }

    /// Whether everybody has every answer, stands at the newest event of the session, and knows the same of it.
    var isConverged: Bool {
        var heads: [Int64: Int64] = [:]
        for client in clients {
            guard client.isSettled else { return false }
            heads[client.connection.session.plan.id, default: 0].formMax(client.head)
        }
        return clients.allSatisfy { $0.diary.position == heads[$0.connection.session.plan.id] }
            && classes.allSatisfy(\.isAgreed)
    }

    func drop(_ client: CrashClient) { client.lose(connectAt: MonotonicClock.now + random.pause(10...150)) }

    func fault(_ kind: HistoryFaults.Kind, _ client: CrashClient, _ what: String) {
        faults.note(kind, "client \(client.connection.plan.number): \(what)")
    }

    // MARK: - What is due

    private func due(_ client: CrashClient) -> UInt64 {
        let cut = isRestless ? client.cutAt : .max
        switch client.connection.phase {
        case .waiting, .closed: return client.connectAt
        case .joined:
            let retry = client.pending.filter { $0.ref == nil }.map(\.dueAt).min() ?? .max
            let errand = client.errand.map { $0.ref == nil ? $0.dueAt : .max }
            let next = min(client.hasRoom ? client.postAt : .max, errand == nil ? client.moveAt : .max)
            return min(cut, retry, errand ?? .max, isRestless ? next : .max)
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
        case .joined:
            if isRestless, client.hasRoom, client.postAt <= now {
                client.compose(at: now, textBytes: Self.textBytes)
                client.postAt = now + random.pause(10...160)
            }
            if isRestless, client.errand == nil, client.moveAt <= now { move(client, at: now) }
            sendPending(client, at: now)
        case .connecting, .upgrading, .greeting: drop(client)
        }
    }

    private func connect(_ client: CrashClient, at now: UInt64) {
        client.cutAt = now + random.pause(5...1500)
        do throws(SystemError) {
            try client.connection.connect(to: address.socket, in: loop, at: now)
        } catch {
            drop(client)
        }
    }

    private func sendPending(_ client: CrashClient, at now: UInt64) {
        for (index, attempt) in client.pending.enumerated() where attempt.ref == nil && attempt.dueAt <= now {
            let ref = client.connection.nextRef()
            client.pending[index].ref = ref
            client.pending[index].sentAt = now
            let post = client.intents[attempt.intent].post
            client.connection.enqueue(post.frame(ref: Int(ref)), with: &writer)
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
