internal import CLibwebsockets
import Logging
import Synchronization

/// A listening socket with a thread of its own (`Doorkeeper`).
final class Acceptor: Sendable {
    private let core: ServerCore
    private let loops: [EventLoop]
    private let descriptor: Int32
    private let wakeDescriptor: Int32
    private let isControl: Bool
    private let isStopped = Atomic(false)
    private let thread = Mutex<WorkerThread?>(nil)

    /// - Parameter isControl: the socket is the Unix one: no TLS, and no limits, for it is the operator's.
    init(socket: consuming ListeningSocket, isControl: Bool = false, loops: [EventLoop], core: ServerCore) {
        descriptor = socket.descriptor
        self.isControl = isControl
        wakeDescriptor = amphi_event_descriptor()
        self.loops = loops
        self.core = core
    }

    func start() {
        thread.withLock {
            $0 = WorkerThread(name: "amphi-accept") {
                let door = Doorkeeper(
                    listener: self.descriptor, wake: self.wakeDescriptor, isControl: self.isControl,
                    loops: self.loops, core: self.core)
                door.run { self.isStopped.load(ordering: .sequentiallyConsistent) }
            }
        }
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
}
