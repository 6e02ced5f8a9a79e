import Dispatch
import Logging
import Synchronization

/// Watches a start whose disk may not answer: then it says so, and a signal ends the process all the same.
///
/// Until the services run nobody else hears a signal: the process ends at once, also as the first process of a
/// container, where the system would not end it. From then on they stop in order, and what still waits for the disk is
/// left after eight seconds. Nothing here needs a thread that the disk could hold.
final class StartWatch: Sendable {
    private let isOver = Mutex(false)

    init(logger: Logger) {
        for number in [SIGTERM, SIGINT] { signal(number) { StartWatch.die(of: $0) } }
        after(seconds: 2) {
            logger.warning("the start still waits for the database: its disk may not answer")
        }
    }

    /// Called when the hub answers, or has said why it does not.
    func end() { isOver.withLock { $0 = true } }

    /// Called when somebody stops the hub while it starts.
    func leaveUnlessOver() { after(seconds: 8) { Output.leave(1) } }

    /// Ends the process as if nobody had caught the signal. The system lets no signal end the first process of a
    /// container, so that this one then exits by itself.
    private static func die(of number: Int32) {
        var numbers = sigset_t()
        sigemptyset(&numbers)
        sigaddset(&numbers, number)
        signal(number, SIG_DFL)
        pthread_sigmask(SIG_UNBLOCK, &numbers, nil)
        raise(number)
        _exit(128 + number)
    }

    private func after(seconds: Int, _ work: @escaping @Sendable () -> Void) {
        DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(seconds)) { [self] in
            if !isOver.withLock(\.self) { work() }
        }
    }
}

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif
