import CGlibc
import Glibc

/// Waits for many sockets at once. Level-triggered; used by one thread. The only unsafe storage are the kernel's
/// event records, whose union is read as the integer that was written.
@safe final class EpollLoop {
    struct Readiness: OptionSet {
        let rawValue: UInt32

        static let readable = Readiness(rawValue: EPOLLIN.rawValue)
        static let writable = Readiness(rawValue: EPOLLOUT.rawValue)
        /// The other end has gone, or the connection failed.
        static let failed = Readiness(rawValue: EPOLLERR.rawValue | EPOLLHUP.rawValue)
    }

    /// Few enough that the clock of the sender is looked at between them, many enough to spread the system call.
    private static let batchSize = 64

    private let descriptor: Int32
    private var events = unsafe [epoll_event](repeating: epoll_event(), count: EpollLoop.batchSize)

    init() throws(SystemError) {
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard descriptor >= 0 else { throw SystemError("epoll_create1") }
    }

    deinit { close(descriptor) }

    /// `tag` comes back with each event of this socket.
    func add(_ socket: StreamSocket, tag: Int, for readiness: Readiness) throws(SystemError) {
        try control(EPOLL_CTL_ADD, socket.descriptor, tag, readiness)
    }

    /// The same for what is no `StreamSocket`; whoever owns the descriptor keeps it open for as long as it is watched.
    func add(descriptor: Int32, tag: Int, for readiness: Readiness) throws(SystemError) {
        try control(EPOLL_CTL_ADD, descriptor, tag, readiness)
    }

    func change(_ socket: StreamSocket, tag: Int, to readiness: Readiness) throws(SystemError) {
        try control(EPOLL_CTL_MOD, socket.descriptor, tag, readiness)
    }

    /// Looks no more for anything, not even for a failure. Closing a descriptor takes it out of the set as well.
    func remove(_ socket: StreamSocket) throws(SystemError) {
        try control(EPOLL_CTL_DEL, socket.descriptor, 0, [])
    }

    /// Waits for the first events, at most until `deadline` (monotonic nanoseconds), and hands them over.
    func wait(until deadline: UInt64, _ handle: (_ tag: Int, _ readiness: Readiness) -> Void) throws(SystemError) {
        let now = MonotonicClock.now
        let pause = deadline > now ? deadline - now : 0
        var timeout = timespec(
            tv_sec: Int(pause / MonotonicClock.second), tv_nsec: Int(pause % MonotonicClock.second))
        let count = unsafe epoll_pwait2(descriptor, &events, Int32(Self.batchSize), &timeout, nil)
        guard count >= 0 else {
            if errno == EINTR { return }
            throw SystemError("epoll_pwait2")
        }
        for index in 0..<Int(count) {
            let event = unsafe events[index]
            unsafe handle(Int(event.data.u64), Readiness(rawValue: event.events))
        }
    }

    private func control(
        _ operation: Int32, _ descriptor: Int32, _ tag: Int, _ readiness: Readiness
    ) throws(SystemError) {
        var event = unsafe epoll_event()
        unsafe event.events = readiness.rawValue
        unsafe event.data.u64 = UInt64(tag)
        guard unsafe epoll_ctl(self.descriptor, operation, descriptor, &event) == 0 else {
            throw SystemError("epoll_ctl")
        }
    }
}
