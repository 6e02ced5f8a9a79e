internal import CLibwebsockets
internal import Glibc
package import Logging
import Synchronization

/// An HTTP and WebSocket server: an acceptor, the event loops, and a router.
package final class WebServer: Sendable {
    private enum Stage {
        case new
        case running([Acceptor], [WorkerThread])
        case stopping
        case stopped
    }

    private struct State {
        var stage = Stage.new
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let core: ServerCore
    private let loops: EventLoopGroup
    private let state = Mutex(State())

    /// - Parameter counters: for who wants to read them before there is a server.
    package init(
        configuration: WebServerConfiguration, loops: EventLoopGroup, router: Router,
        counters: ServerCounterCells = ServerCounterCells(), logger: Logger
    ) {
        core = ServerCore(configuration: configuration, router: router, counters: counters, logger: logger)
        self.loops = loops
    }

    package var counters: ServerCounters { core.counters.snapshot }
    /// Bytes of request bodies that are in memory now.
    package var bodyBytes: Int { core.bodies.total }
    /// Bytes of large answers that wait for their readers.
    package var answerBytes: Int { core.answers.total }

    /// Starts the loops and accepts connections; returns the port. Once per server.
    package func start() async throws(WebServerError) -> UInt16 {
        // A write to a socket whose peer is gone shall be an error, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        LwsLog.redirect(to: core.logger)
        let configuration = core.configuration
        try configuration.tls?.requireUsable()
        limitByDescriptors()
        let socket =
            if let inherited = configuration.inheritedSocket { try ListeningSocket(inherited: inherited) } else {
                try ListeningSocket(host: configuration.host, port: configuration.port)
            }
        let port = socket.port
        var threads: [WorkerThread] = []
        for loop in loops.loops {
            let (thread, failure) = await start(loop)
            if let failure {
                for loop in loops.loops { loop.execute { $0.stop() } }
                for thread in threads + [thread] { thread.join() }
                socket.close()
                throw failure
            }
            threads.append(thread)
        }
        var acceptors = [Acceptor(socket: socket, loops: loops.loops, core: core)]
        if let control = controlAcceptor() { acceptors.append(control) }
        for acceptor in acceptors { acceptor.start() }
        state.withLock { [acceptors, threads] state in state.stage = .running(acceptors, threads) }
        return port
    }

    /// A descriptor that is missing in the middle of a class costs more than a connection that is refused.
    private func limitByDescriptors() {
        let wanted = ConnectionLimits(core.configuration, descriptors: .max).wanted
        let descriptors = ConnectionLimits.raiseDescriptors(to: wanted)
        let limits = ConnectionLimits(core.configuration, descriptors: descriptors)
        core.limits.withLock { $0 = limits }
        guard limits.isReduced else { return }
        core.logger.warning(
            "too few file descriptors for all connections (ulimit -n, LimitNOFILE): fewer are taken",
            metadata: [
                "descriptors": "\(descriptors)", "wanted": "\(wanted)", "connections": "\(limits.total)",
            ])
    }

    /// Nil when it is not wanted, or cannot be made: the server does its work without.
    private func controlAcceptor() -> Acceptor? {
        guard let path = core.configuration.controlSocket else { return nil }
        do throws(WebServerError) {
            return Acceptor(
                socket: try ListeningSocket(path: path), isControl: true, loops: loops.loops, core: core)
        } catch {
            core.logger.warning("no control socket", metadata: ["path": "\(path)", "error": "\(error)"])
            return nil
        }
    }

    private func start(_ loop: EventLoop) async -> (WorkerThread, WebServerError?) {
        let core = core
        let (started, signal) = AsyncStream.makeStream(of: WebServerError?.self)
        let thread = WorkerThread(name: "amphi-loop-\(loop.index)") {
            loop.runThread(core: core) { failure in
                signal.yield(failure)
                signal.finish()
            }
        }
        for await failure in started { return (thread, failure) }
        return (thread, .loop("the thread ended"))
    }

    /// Throws what would keep a server from listening on this host. For a moment it listens there, on any free port.
    package static func tryHost(_ host: String) throws(WebServerError) {
        try ListeningSocket(host: host, port: 0).close()
    }

    /// Reads the certificate and its key again. New connections get them when this returns; open ones go on with
    /// theirs.
    ///
    /// Throws `certificate` when the files cannot be used: then the old ones stay. Without TLS it does nothing.
    package func reloadCertificate() async throws(WebServerError) {
        guard let tls = core.configuration.tls else { return }
        try tls.requireUsable()
        for loop in loops.loops { await loop.reloadCertificate(tls) }
    }

    /// Closes the listening socket; connections stay. Idempotent.
    package func stopAccepting() {
        let acceptors: [Acceptor] = state.withLock { state in
            if case .running(let acceptors, _) = state.stage { acceptors } else { [] }
        }
        for acceptor in acceptors { acceptor.stop() }
        if let path = core.configuration.controlSocket, !acceptors.isEmpty { ListeningSocket.removeSocket(at: path) }
    }

    /// Stops accepting, answers what is under way, closes WebSockets with 1001 (those that are not closing already),
    /// drops what is left after `deadline`, and ends the threads. Idempotent; every caller returns when it is done.
    package func stop(within deadline: Duration) async {
        stopAccepting()
        let threads: [WorkerThread]? = state.withLock { state in
            guard case .running(_, let threads) = state.stage else { return nil }
            state.stage = .stopping
            return threads
        }
        guard let threads else { return await waitForStop() }
        await drain(within: deadline)
        for loop in loops.loops { loop.execute { $0.stop() } }
        for thread in threads { thread.join() }
        let waiting = state.withLock { state in
            state.stage = .stopped
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Returns when no connection is left, or after `deadline`.
    private func drain(within deadline: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            for loop in loops.loops {
                group.addTask {
                    let (done, signal) = AsyncStream.makeStream(of: Void.self)
                    loop.execute { loop in
                        loop.retireAll { signal.finish() }
                        _ = loop.schedule(after: deadline) { signal.finish() }
                    }
                    for await _ in done {}
                }
            }
        }
    }

    private func waitForStop() async {
        await withCheckedContinuation { continuation in
            let isStopped = state.withLock { state in
                guard case .stopping = state.stage else { return true }
                state.waiting.append(continuation)
                return false
            }
            if isStopped { continuation.resume() }
        }
    }
}
