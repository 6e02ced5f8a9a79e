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
    }

    private static let textBytes = 48
    private static let cutsPerReload: UInt64 = 10
    private static let handshakePatience = 5 * MonotonicClock.second

    let clients: [CrashClient]
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
        var clients: [CrashClient] = []
        for plan in plans {
            let session = SessionLoad(plan)
            for client in plan.clients {
                clients.append(
                    CrashClient(connection: ClientConnection(tag: clients.count, plan: client, session: session)))
            }
        }
        self.clients = clients
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

    /// Everybody posts at once, so that a kill that follows hits posts on their way.
    func burst() {
        let now = MonotonicClock.now
        for client in clients where client.connection.phase == .joined && client.hasRoom {
            client.compose(at: now, textBytes: Self.textBytes)
            sendPending(client, at: now)
        }
    }

    /// The hub was started again, at another port. Nothing is left of the old one's connections.
    func move(to address: HubAddress) {
        self.address = address
        let now = MonotonicClock.now
        for client in clients { client.lose(connectAt: now + random.pause(0...200)) }
    }

    /// Whether everybody has every answer and stands at the newest event of the session.
    var isConverged: Bool {
        var heads: [Int64: Int64] = [:]
        for client in clients {
            guard client.isSettled else { return false }
            heads[client.connection.session.plan.id, default: 0].formMax(client.head)
        }
        return clients.allSatisfy { $0.diary.position == heads[$0.connection.session.plan.id] }
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
            return min(cut, retry, isRestless && client.hasRoom ? client.postAt : .max)
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
            let post = client.intents[attempt.intent].post
            client.connection.enqueue(post.frame(ref: Int(ref)), with: &writer)
        }
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
