import Glibc
import Synchronization

/// TCP relays between programs under test, on one thread of their own: each listens on a loopback port and hands on to
/// another, as long as nobody disturbs it. The thread ends with `close`.
final class Relay: Sendable {
    /// What happens to the connections of one relay.
    enum Mode: Sendable, Equatable {
        case pass
        /// Nothing goes on, and nobody is told: those that there are hang, as do new ones.
        case hold
        /// Those that there are were cut, new ones are closed at once.
        case refuse
    }

    enum Order: Sendable {
        case set(Mode)
        /// Ends the connections that there are.
        case cut
        /// Where new connections go.
        case aim(port: UInt16)
        case close
    }

    /// Where each of them listens.
    let ports: [UInt16]
    private let orders = Mutex<[(relay: Int, order: Order)]>([])
    /// The ends of a pipe: one is written for each order, so that the thread, which watches the other, wakes up.
    private let bell: Int32
    private let clapper: Int32

    /// - Parameter targets: a port of 127.0.0.1 for each relay.
    init(to targets: [UInt16]) throws {
        var (ends, listeners): ([Int32], [Int32]) = ([0, 0], [])
        guard unsafe pipe(&ends) == 0 else { throw SystemError("pipe") }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        (clapper, bell) = (ends[0], ends[1])
        var ports: [UInt16] = []
        for _ in targets {
            let (descriptor, port) = try LoopbackPort.listen()
            listeners.append(descriptor)
            ports.append(port)
        }
        self.ports = ports
        WorkerThread.detach(name: "relay") { [self, listeners] in
            do {
                let loop = try RelayLoop(listeners: listeners, targets: targets, bell: clapper)
                while try loop.turn(takeOrders) {}
            } catch {
                Console.note("a relay ended: \(error)")
            }
        }
    }

    deinit { for end in [bell, clapper] { Glibc.close(end) } }

    private func takeOrders() -> [(relay: Int, order: Order)] {
        orders.withLock { list in
            defer { list = [] }
            return list
        }
    }

    func send(_ order: Order, to relay: Int) {
        orders.withLock { $0.append((relay, order)) }
        // A full pipe rings as well.
        _ = unsafe write(bell, [1], 1)
    }

    func close() { send(.close, to: 0) }
}
