import Database
import HTTPTypes
import StrictJSON
import WebSocketServer

/// `GET /api/status`: how the running hub does, for administrators and services. Reads counters and one count of the
/// store.
struct StatusRoutes: Sendable {
    private let database: any SQLDatabase
    private let journal: Journal
    private let hub: Hub
    private let counters: ServerCounterCells
    private let clock: HubClock
    private let startedAt: Timestamp

    init(
        database: any SQLDatabase, journal: Journal, hub: Hub, counters: ServerCounterCells, clock: HubClock
    ) {
        self.database = database
        self.journal = journal
        self.hub = hub
        self.counters = counters
        self.clock = clock
        startedAt = clock.steady
    }

    func add(to api: inout API) {
        api.add(.get, "/api/status", for: .administrators, status)
    }

    private func status(_: Call) async throws -> Reply {
        let live = try await database.read { try SessionStore.liveCount(in: $0) }
        let sizes = try await database.sizes()
        let (now, connections) = (clock.steady, counters.snapshot)
        let minute = journal.lastMinute
        var status: JSONObject = [
            "version": .string(HubVersion.text),
            "uptime_seconds": .integer((now - startedAt) / 1000),
            "connections": .integer(Int64(connections.openConnections)),
            "web_sockets": .integer(Int64(connections.openWebSockets)),
            "requests": .integer(Int64(connections.requests)),
            "live_sessions": .integer(live),
            "people": .integer(Int64(await hub.peopleOnChannels())),
            "posts_per_second": .number(Self.rounded(minute.postsPerSecond)),
            "commits": .integer(Int64(minute.commits)),
            "commit_p50_ms": minute.p50.map { .number(Self.rounded($0)) } ?? .null,
            "commit_p99_ms": minute.p99.map { .number(Self.rounded($0)) } ?? .null,
            "store_bytes": .integer(sizes.data),
            "wal_bytes": .integer(sizes.log),
            "degraded": .bool(!journal.isWritable),
            "epoch": .string(hub.epoch),
        ]
        if let log = journal.log { status["cluster"] = try await cluster(log) }
        return Reply(.object(status))
    }

    /// The hubs of the database, as this one sees them.
    private func cluster(_ log: CommitLog) async throws -> JSON {
        let (nodes, newest) = try await database.read { connection in
            (try NodeStore.all(in: connection), try CommitLog.newest(in: connection))
        }
        let now = clock.steady
        return [
            "node": .string(log.node),
            "nodes": .array(
                nodes.map { node in
                    [
                        "name": .string(node.name), "state": .string(node.state.rawValue),
                        "version": .string(node.version), "started_at": .string(node.startedAt.text),
                        "seen_ms_ago": .integer(max(0, now - node.seenAt)),
                    ]
                }),
            "commits": .integer(newest), "commits_behind": .integer(max(0, newest - (log.seen?.number ?? newest))),
            "deaf": .bool(hub.isDeaf),
        ]
    }

    /// Rounds to three digits after the point, which say all that was measured.
    private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}

extension Hub {
    /// How many people have an open channel, each counted once.
    func peopleOnChannels() async -> Int {
        var people: Set<Int64> = []
        for index in 0..<loopCount {
            let here = await withCheckedContinuation { continuation in
                on(index) { station, _ in continuation.resume(returning: station.people) }
            }
            people.formUnion(here)
        }
        return people.count
    }
}
