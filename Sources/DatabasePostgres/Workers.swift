#if PostgreSQL
import Dispatch
import Foundation
import Synchronization

/// Threads with one queue in front of them, each with a session of its own that never leaves it.
final class Workers: Sendable {
    typealias Job = @Sendable (PostgresSession) -> Void

    private struct State {
        /// Newest first; what was handed over since `outbox` was filled.
        var inbox: [Job] = []
        /// Oldest last.
        var outbox: [Job] = []
        var isFinished = false

        mutating func next() -> Job? {
            if outbox.isEmpty {
                outbox = inbox.reversed()
                inbox = []
            }
            return outbox.popLast()
        }
    }

    private let state = Mutex(State())
    /// One for each job, and one for each thread at the end.
    private let wakes = DispatchSemaphore(value: 0)
    private let running = DispatchGroup()
    private let count: Int

    init(_ name: String, _ count: Int, _ session: @escaping @Sendable () -> PostgresSession) {
        self.count = count
        for number in 0..<count {
            running.enter()
            let thread = Thread { [self] in
                work(session())
                running.leave()
            }
            thread.name = "\(name) \(number)"
            thread.start()
        }
    }

    /// - Returns: whether the job will run; not after `finish`.
    func run(_ job: @escaping Job) -> Bool {
        let isTaken = state.withLock { state in
            if !state.isFinished { state.inbox.append(job) }
            return !state.isFinished
        }
        if isTaken { wakes.signal() }
        return isTaken
    }

    /// Takes no more jobs.
    func finish() {
        let isFirst = state.withLock { state in
            defer { state.isFinished = true }
            return !state.isFinished
        }
        guard isFirst else { return }
        for _ in 0..<count { wakes.signal() }
    }

    /// Waits until every job has run and the threads have ended.
    func wait() { running.wait() }

    private func work(_ session: PostgresSession) {
        while true {
            wakes.wait()
            guard let job = state.withLock({ $0.next() }) else { return }
            job(session)
        }
    }
}
#endif
