import Dispatch

/// Runs the jobs of one actor one after the other on a thread that may block in epoll, away from Swift's own pool.
final class WorkerThread: SerialExecutor {
    private let queue: DispatchQueue

    init(number: Int) { queue = DispatchQueue(label: "amphi-bench.worker-\(number)") }

    /// Runs `body`, which may block for as long as it likes, beside everything else.
    static func detach(name: String, _ body: @escaping @Sendable () -> Void) {
        DispatchQueue(label: "amphi-bench.\(name)").async(execute: body)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = unsafe asUnownedSerialExecutor()
        queue.async { unsafe job.runSynchronously(on: executor) }
    }
}
