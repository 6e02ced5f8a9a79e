import Database
import Logging
import StrictJSON
import Synchronization
import WebSocketServer

/// The registry of channels: which loop is a session's home, which loops have readers of it, and the way from the
/// journal to them.
///
/// A session's `SessionChannel` lives on its home loop, one `SessionFeed` on each loop that has a reader. Everything
/// that crosses loops goes as a job through `EventLoop.execute`, which keeps the order of one sender.
final class Hub: JournalPublisher {
    /// What the parts of the hub are given. All of it may be used from any thread.
    struct Services: Sendable {
        let database: any SQLDatabase
        let clock: HubClock
        let windows: ClassWindows
        let limits: HubLimits
        let register: any ClassRegister
        let chores: [Chore]
        let language: Language
        let identity: NodeIdentity
        let logger: Logger
    }

    let services: Services
    let reader: EventReader
    let commands: ChannelAPI
    let epoch: String
    private let loops: [EventLoop]
    private let stations: [LoopBound<HubLoop>]
    private let readers: [ReadQueue]
    /// The loops that must hear of a session, one bit for each. Loops change it, and the writer reads it.
    private let audiences = Mutex<[Int64: UInt64]>([:])
    private let journalSlot = Mutex<Journal?>(nil)
    let nodes = Mutex(NodeState())
    let freeMemory = FreeMemory()
    let commandLimits: CommandLimits

    /// - Parameter epoch: the database's epoch (`HubStore.epoch`). A resume that names another one starts afresh.
    init(services: Services, reader: EventReader, commands: ChannelAPI, epoch: String, loops: [EventLoop]) {
        precondition(!loops.isEmpty && loops.count <= 64, "one bit of the audience mask per loop")
        self.services = services
        self.reader = reader
        self.commands = commands
        self.epoch = epoch
        self.loops = loops
        stations = loops.map { LoopBound(sending: HubLoop(), to: $0) }
        readers = loops.map { _ in ReadQueue(database: services.database) }
        commandLimits = CommandLimits(rate: services.limits.commandsPerConnection)
    }

    /// Called once, before the first connection, because hub and journal need each other: the journal publishes to the
    /// hub, and the hub submits to the journal.
    func attach(_ journal: Journal) { journalSlot.withLock { $0 = journal } }

    var journal: Journal {
        guard let journal = journalSlot.withLock({ $0 }) else { preconditionFailure("attach(_:) comes first") }
        return journal
    }

    var loopCount: Int { loops.count }

    /// The hub's name among those of its database.
    var node: String { services.identity.node }

    // MARK: - Where things live

    func station(on loop: isolated EventLoop) -> HubLoop { stations[loop.index].get(on: loop) }

    func home(of session: Int64) -> EventLoop { loops[Int(session % Int64(loops.count))] }

    /// Runs the job on the session's home loop: at once when that is this loop, otherwise as a job there.
    func atHome(
        of session: Int64, from loop: isolated EventLoop,
        _ job: @escaping @Sendable (HubLoop, isolated EventLoop) -> Void
    ) {
        let home = home(of: session)
        if home === loop {
            job(station(on: loop), loop)
        } else {
            on(home.index, job)
        }
    }

    /// Runs the job on the loop with this index, after everything that this sender sent there before.
    func on(_ index: Int, _ job: @escaping @Sendable (HubLoop, isolated EventLoop) -> Void) {
        let station = stations[index]
        station.loop.execute { loop in job(station.get(on: loop), loop) }
    }

    /// Runs the job on every loop that listens to the session.
    func onListeners(of session: Int64, _ job: @escaping @Sendable (HubLoop, isolated EventLoop) -> Void) {
        let mask = audiences.withLock { $0[session] ?? 0 }
        for index in loops.indices where mask & (1 << UInt64(index)) != 0 { on(index, job) }
    }

    func listen(to session: Int64, on loop: isolated EventLoop) {
        audiences.withLock { $0[session, default: 0] |= 1 << UInt64(loop.index) }
    }

    func stopListening(to session: Int64, on loop: isolated EventLoop) {
        audiences.withLock { audiences in
            audiences[session, default: 0] &= ~(1 << UInt64(loop.index))
            if audiences[session] == 0 { audiences[session] = nil }
        }
    }

    /// Reads the store off the loop and delivers the result on it, in the order asked.
    ///
    /// Every read ends in a delivery, which is only dropped when the loop has stopped meanwhile.
    func read<Value: Sendable>(
        on index: Int, _ work: @escaping @Sendable (any SQLConnection) throws -> Value,
        then deliver: @escaping @Sendable (Result<Value, HubError>, HubLoop, isolated EventLoop) -> Void
    ) {
        let refused = { @Sendable (error: any Error) -> HubError in
            if let error = error as? HubError { return error }
            self.services.logger.error("read failed", metadata: ["error": "\(error)"])
            return HubError(.storeUnavailable, retryAfter: 1000)
        }
        let item = ReadQueue.Item(
            run: { connection in
                let result = Result { try work(connection) }.mapError(refused)
                return { station, loop in deliver(result, station, loop) }
            },
            fail: { error in
                let error = refused(error)
                return { station, loop in deliver(.failure(error), station, loop) }
            }
        )
        readers[index].submit(item) { deliveries in
            self.on(index) { station, loop in
                for delivery in deliveries { delivery(station, loop) }
            }
        }
    }

    /// Called when a hello was stored after all that had been refused because the disk did not answer. Unless the
    /// person is here by now, their place is given up.
    func admittedLate(_ user: Int64, to session: Int64, at time: Timestamp) {
        on(home(of: session).index) { station, _ in
            guard station.channels[session]?.presence.isHere(user) != true else { return }
            let register = self.services.register
            self.journal.owe(.session(session)) { transaction in
                try register.depart(user, from: session, at: time, in: transaction)
            }
        }
    }

    // MARK: - From the journal to the loops

    func hears(session: Int64) -> Bool { audiences.withLock { $0[session] != nil } }

    /// Called on the writer's thread, in the order of commits. Each loop gets one job for a commit.
    func publish(_ events: [ServerEvent], _ signals: [HubSignal], _ changes: [HomeChange]) {
        var batches = [[PublishedEvent]](repeating: [], count: loops.count)
        let audiences = audiences.withLock { $0 }
        for event in events {
            guard let mask = audiences[event.session] else { continue }
            let published = PublishedEvent(event: event, bytes: event.json.encoded())
            for index in loops.indices where mask & (1 << UInt64(index)) != 0 { batches[index].append(published) }
        }
        let homes = Dictionary(grouping: changes) { home(of: $0.session).index }
        for index in loops.indices where !batches[index].isEmpty || !signals.isEmpty || homes[index] != nil {
            let (batch, changes) = (batches[index], homes[index] ?? [])
            on(index) { station, loop in
                station.deliver(batch, hub: self, on: loop)
                for change in changes {
                    let channel = station.channels[change.session]
                    let made =
                        channel == nil && change.begins(at: self.node)
                        ? station.channel(change.session, hub: self, on: loop) : nil
                    (channel ?? made)?.show(change, on: loop)
                }
                station.react(to: signals, hub: self, on: loop)
            }
        }
    }
}

/// An event and its JSON, encoded once for all loops.
struct PublishedEvent: Sendable {
    let event: ServerEvent
    let bytes: [UInt8]
}
