import Dispatch

/// Runs the jobs of one actor one after the other on a thread that may block in epoll, away from Swift's own pool.
final class WorkerThread: SerialExecutor {
    private let queue: DispatchQueue

    init(number: Int) { queue = DispatchQueue(label: "amphi-bench.worker-\(number)") }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = unsafe asUnownedSerialExecutor()
        queue.async { unsafe job.runSynchronously(on: executor) }
    }
}
