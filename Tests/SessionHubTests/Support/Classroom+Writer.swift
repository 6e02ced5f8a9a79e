import Dispatch
import Synchronization
import TestSupport

@testable import SessionHub

extension Classroom {
    /// How many items wait for the writer.
    var waiting: Int { application.journal.state.withLock { $0.waiting.count } }

    /// Returns when so many items wait for the writer.
    func untilWaiting(_ count: Int) async {
        while waiting < count, !Task.isCancelled { await Task.yield() }
    }

    /// Runs `body` while `request` waits for the writer, and returns its answer.
    ///
    /// - Parameter body: may let the writer go on; when it returns, that has happened.
    func whileWaiting(
        _ request: @escaping @Sendable () async throws -> TestResponse,
        _ body: (_ release: @escaping @Sendable () -> Void) async throws -> Void
    ) async throws -> TestResponse {
        let journal = application.journal
        let gate = DispatchSemaphore(value: 0)
        journal.submit { _ in
            gate.wait()
            // Open from now on, also for a second run.
            gate.signal()
        } completion: { _ in
        }
        func wait(untilWaiting isWaiting: Bool) async {
            while journal.state.withLock({ $0.waiting.isEmpty == isWaiting }) { await Task.yield() }
        }
        await wait(untilWaiting: false)
        let answer = Task { try await request() }
        await wait(untilWaiting: true)
        do {
            try await body { gate.signal() }
        } catch {
            gate.signal()
            throw error
        }
        gate.signal()
        return try await answer.value
    }
}
