internal import CLibwebsockets
internal import Glibc
import Logging
import Synchronization

/// Accepts connections on a thread of its own and hands them to the loops in turn.
///
/// It never spins: out of descriptors it gives its spare one to accept and close a connection, then waits; an address that
/// opens connections too fast waits here for its turn.
final class Acceptor: Sendable {
    private let core: ServerCore
    private let loops: [EventLoop]
    private let descriptor: Int32
    private let wakeDescriptor: Int32
    private let isControl: Bool
    private let isStopped = Atomic(false)
    private let thread = Mutex<WorkerThread?>(nil)

    /// - Parameter isControl: the socket is the Unix one: no TLS, and no limit by address, for there is none.
    init(socket: consuming ListeningSocket, isControl: Bool = false, loops: [EventLoop], core: ServerCore) {
        descriptor = socket.descriptor
        self.isControl = isControl
        wakeDescriptor = amphi_event_descriptor()
        self.loops = loops
        self.core = core
    }

    func start() {
        thread.withLock { $0 = WorkerThread(name: "amphi-accept") { self.run() } }
    }

    /// Closes the listening socket and waits for the thread. Idempotent; every caller returns when it is done.
    func stop() {
        thread.withLock { thread in
            guard let running = thread.take() else { return }
            isStopped.store(true, ordering: .sequentiallyConsistent)
            amphi_signal_event(wakeDescriptor)
            running.join()
            closeDescriptor(descriptor)
            closeDescriptor(wakeDescriptor)
        }
    }

    // MARK: On the thread

    private struct Waiting {
        var fd: Int32
        var address: String
        var due: Duration
    }

    private func run() {
        let clock = ContinuousClock()
        let start = clock.now
        var throttle = AddressThrottle(rate: core.configuration.connectionsPerSecondPerAddress)
        var waiting: [Waiting] = []
        var spare = Self.openSpare()
        var next = 0
        while !isStopped.load(ordering: .sequentiallyConsistent) {
            let now = clock.now - start
            while let index = waiting.firstIndex(where: { $0.due <= now }) {
                let ready = waiting.remove(at: index)
                handOver(ready.fd, ready.address, to: &next)
            }
            wait(until: waiting.map(\.due).min().map { $0 - now })
            accept: while true {
                let accepted = acceptOne()
                switch accepted {
                case .success(let (fd, address)):
                    let delay =
                        isControl || core.configuration.isUnlimited(address)
                        ? .zero : throttle.delay(for: address, at: clock.now - start)
                    if delay == .zero {
                        handOver(fd, address, to: &next)
                    } else {
                        waiting.append(Waiting(fd: fd, address: address, due: clock.now - start + delay))
                    }
                case .failure(let failure):
                    guard failure.errno == EMFILE || failure.errno == ENFILE else { break accept }
                    spare = shedOne(spare)
                    break accept
                }
            }
        }
        for entry in waiting { closeDescriptor(entry.fd) }
        if spare >= 0 { closeDescriptor(spare) }
    }

    private var isSecure: Bool { core.configuration.tls != nil && !isControl }

    private func wait(until delay: Duration?) {
        var descriptors = [
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: wakeDescriptor, events: Int16(POLLIN), revents: 0),
        ]
        // poll() counts in milliseconds; rounded up, so that what it waits for is due then.
        let milliseconds = delay.map { Int32(clamping: Int64(max($0, .zero) / .milliseconds(1)) + 1) }
        unsafe poll(&descriptors, nfds_t(descriptors.count), milliseconds ?? -1)
    }

    private struct AcceptFailure: Error { var errno: Int32 }

    private func acceptOne() -> Result<(Int32, String), AcceptFailure> {
        var storage = sockaddr_storage()
        let fd = unsafe amphi_accept(descriptor, &storage)
        return fd < 0 ? .failure(AcceptFailure(errno: errno)) : .success((fd, SocketAddress(storage).text))
    }

    private func handOver(_ fd: Int32, _ address: String, to next: inout Int) {
        guard core.counters.connectionOpened(limit: core.configuration.maxConnections) else { return refuse(fd) }
        amphi_set_option(fd, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        if let bytes = core.configuration.sendBufferBytes { amphi_set_option(fd, SOL_SOCKET, SO_SNDBUF, bytes) }
        let loop = loops[next % loops.count]
        next += 1
        let (core, isSecure) = (core, isSecure)
        if !loop.tryExecute({ loop in loop.welcome(fd, from: address, isSecure: isSecure, core: core) }) {
            core.counters.connectionClosed()
            closeDescriptor(fd)
        }
    }

    /// 503 without reading a request; over TLS just the end.
    private func refuse(_ fd: Int32) {
        if !isSecure {
            var response = core.response(to: .unavailable, nil)
            core.router.finish(nil, &response)
            let encoder = ResponseEncoder(
                closes: true, confirmsKeepAlive: false, omitsBody: false, date: HTTPDate.now())
            let bytes = encoder.encode(response)
            _ = unsafe bytes.withUnsafeBytes { unsafe amphi_send_now(fd, $0.baseAddress, $0.count) }
        }
        closeDescriptor(fd)
    }

    /// A descriptor that is kept for the moment when there are none left.
    private static func openSpare() -> Int32 { unsafe open("/dev/null", O_RDONLY | O_CLOEXEC) }

    /// With no descriptor left the backlog would stay readable and `poll` would spin: close one connection of it, and give
    /// the others time.
    private func shedOne(_ spare: Int32) -> Int32 {
        core.logger.error("no file descriptors left, refusing connections")
        if spare >= 0 { closeDescriptor(spare) }
        if case .success(let (fd, _)) = acceptOne() { closeDescriptor(fd) }
        let spare = Self.openSpare()
        var wake = [pollfd(fd: wakeDescriptor, events: Int16(POLLIN), revents: 0)]
        unsafe poll(&wake, 1, 100)
        return spare
    }
}
