internal import CLibwebsockets
import Dispatch
internal import Glibc
import Synchronization

/// The serial executor of an `EventLoop`: a list of jobs under a lock, drained by the loop's thread.
final class LoopExecutor: SerialExecutor, Sendable {
    enum Job: Sendable {
        case closure(EventLoop, @Sendable (isolated EventLoop) -> Void)
        case swift(UnownedJob)
    }

    private struct State: Sendable {
        var jobs: [Job] = []
        /// Wakes the loop's thread; nil before it starts. Called under the lock, so that it is never called after
        /// `close`.
        var wake: (@Sendable () -> Void)?
        var isClosed = false
    }

    private let state = Mutex(State())
    /// `pthread_self()` of the loop's thread, 0 while there is none.
    private let thread = Atomic<UInt>(0)
    /// Swift jobs that arrive after the end must still run (a dropped one would leave its task suspended for ever).
    private let afterlife = DispatchQueue(label: "amphi.loop.afterlife")

    /// False when the executor is closed and the job was not taken.
    func submit(_ job: Job) -> Bool {
        state.withLock { state in
            guard !state.isClosed else { return false }
            state.jobs.append(job)
            if state.jobs.count == 1 { state.wake?() }
            return true
        }
    }

    /// From here on this thread is the loop.
    func enter() { thread.store(UInt(pthread_self()), ordering: .sequentiallyConsistent) }

    /// Jobs are run from here on. `wake` may be called from any thread, until `close`.
    func open(wake: @escaping @Sendable () -> Void) {
        state.withLock { state in
            state.wake = wake
            if !state.jobs.isEmpty { wake() }
        }
    }

    /// Runs what was submitted so far; what these jobs submit runs in the next batch.
    func drain() {
        let jobs = state.withLock { state in
            let jobs = state.jobs
            state.jobs = []
            return jobs
        }
        for job in jobs { run(job) }
    }

    /// Takes no more jobs and runs those that it has. This thread stays the loop until `leave`.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.wake = nil
        }
        drain()
    }

    /// The thread ends.
    func leave() { thread.store(0, ordering: .sequentiallyConsistent) }

    private func run(_ job: Job) {
        switch job {
        case .closure(let loop, let body): loop.assumeIsolated { body($0) }
        case .swift(let job): unsafe job.runSynchronously(on: asUnownedSerialExecutor())
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        guard !submit(.swift(job)) else { return }
        afterlife.async {
            self.thread.store(UInt(pthread_self()), ordering: .sequentiallyConsistent)
            self.run(.swift(job))
            self.thread.store(0, ordering: .sequentiallyConsistent)
        }
    }

    func isIsolatingCurrentContext() -> Bool? { isOnLoop }

    func checkIsolated() {
        precondition(isOnLoop, "not on the event loop's thread")
    }

    private var isOnLoop: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }
}
