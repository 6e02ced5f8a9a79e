import HTTPTypes
import Logging
import Synchronization

/// What every connection of a server shares; immutable but for the counters.
final class ServerCore: Sendable {
    let configuration: WebServerConfiguration
    let router: Router
    let logger: Logger
    let counters: ServerCounterCells
    let bodies: BodyBudget
    let answers: BodyBudget
    let idle = IdleConnections()
    let addresses = AddressCounts()
    /// As configured until the server starts.
    let limits: Mutex<ConnectionLimits>

    init(
        configuration: WebServerConfiguration, router: Router, counters: ServerCounterCells = ServerCounterCells(),
        logger: Logger
    ) {
        self.configuration = configuration
        self.router = router
        self.counters = counters
        limits = Mutex(ConnectionLimits(configuration, descriptors: .max))
        bodies = BodyBudget(bytes: configuration.maxBodyBytesInAll) { kind in
            logger.warning("a part of the room for request bodies is full", metadata: ["bodies.kind": "\(kind)"])
        }
        answers = BodyBudget(bytes: configuration.maxAnswerBytesInAll) { _ in
            logger.warning("the room for answers that nobody has read yet is full")
        }
        self.logger = logger
    }

    /// A fault as the product words it, with the headers that its status requires.
    func response(to fault: HTTPFault, _ request: Request?) -> Response {
        var response = router.renderFault(fault, request)
        for field in fault.requiredHeaders { response.headers[field.name] = field.value }
        return response
    }
}

/// The counters of a server, each safe to change from any thread.
package final class ServerCounterCells: Sendable {
    private let openConnections = Atomic(0)
    private let totalConnections = Atomic(0)
    private let refusedConnections = Atomic(0)
    private let requests = Atomic(0)
    private let openWebSockets = Atomic(0)
    private let totalWebSockets = Atomic(0)
    private let bytesReceived = Atomic(0)
    private let bytesSent = Atomic(0)

    package init() {}

    /// False, and nothing counted as open, when `limit` are open already.
    func connectionOpened(limit: Int) -> Bool {
        guard openConnections.add(1, ordering: .relaxed).newValue <= limit else {
            openConnections.subtract(1, ordering: .relaxed)
            return false
        }
        totalConnections.add(1, ordering: .relaxed)
        return true
    }

    /// One for which there was no place.
    func connectionRefused() {
        totalConnections.add(1, ordering: .relaxed)
        refusedConnections.add(1, ordering: .relaxed)
    }

    func connectionClosed() { openConnections.subtract(1, ordering: .relaxed) }
    func requested() { requests.add(1, ordering: .relaxed) }
    func webSocketOpened() {
        openWebSockets.add(1, ordering: .relaxed)
        totalWebSockets.add(1, ordering: .relaxed)
    }
    func webSocketClosed() { openWebSockets.subtract(1, ordering: .relaxed) }
    func received(_ count: Int) { bytesReceived.add(count, ordering: .relaxed) }
    func sent(_ count: Int) { bytesSent.add(count, ordering: .relaxed) }

    package var snapshot: ServerCounters {
        var counters = ServerCounters()
        counters.openConnections = openConnections.load(ordering: .relaxed)
        counters.totalConnections = totalConnections.load(ordering: .relaxed)
        counters.refusedConnections = refusedConnections.load(ordering: .relaxed)
        counters.requests = requests.load(ordering: .relaxed)
        counters.openWebSockets = openWebSockets.load(ordering: .relaxed)
        counters.totalWebSockets = totalWebSockets.load(ordering: .relaxed)
        counters.bytesReceived = bytesReceived.load(ordering: .relaxed)
        counters.bytesSent = bytesSent.load(ordering: .relaxed)
        return counters
    }
}
