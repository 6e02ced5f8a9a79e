internal import CLibwebsockets
internal import Glibc

/// A thread with a name that can be waited for.
final class WorkerThread: Sendable {
    private final class Start: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    private let handle: pthread_t

    /// Runs `body` at once. `name` is cut to 15 bytes.
    init(name: String, _ body: @escaping @Sendable () -> Void) {
        // Retained here, released by the thread that takes it.
        let start = unsafe Unmanaged.passRetained(Start(name: name, body: body))
        var handle = pthread_t()
        let status = unsafe pthread_create(
            &handle, nil,
            { pointer in
                guard let pointer = unsafe pointer else { return nil }
                let start = unsafe Unmanaged<Start>.fromOpaque(pointer).takeRetainedValue()
                unsafe amphi_name_thread(start.name)
                start.body()
                return nil
            }, start.toOpaque())
        precondition(status == 0, "no thread could be made")
        self.handle = handle
    }

    /// Once. Not from the thread itself.
    func join() { pthread_join(handle, nil) }
}
