import Foundation
import Synchronization
import Testing

@testable import SessionHub

/// Where scrypt runs, and how much of it.
@Suite("Work on passwords", .timeLimit(.minutes(1)))
struct PasswordWorkTests {
    /// Work that stays until it is let go.
    private final class Gate: Sendable {
        private let semaphore = DispatchSemaphore(value: 0)
        private let running = Mutex((now: 0, most: 0))

        var most: Int { running.withLock { $0.most } }
        var now: Int { running.withLock { $0.now } }

        func pass() {
            running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            semaphore.wait()
            running.withLock { $0.now -= 1 }
        }

        /// Computes until it is stopped.
        func spin() {
            running.withLock { $0.now += 1 }
            while running.withLock({ $0.now > 0 }) {}
        }

        func stop() { running.withLock { $0.now = 0 } }

        func open(_ count: Int) { for _ in 0..<count { semaphore.signal() } }
    }

    @Test func `two run at once, some wait, and more are told to come back`() async throws {
        let (work, gate) = (PasswordWork(atOnce: 2, waiting: 3), Gate())
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<9 {
                group.addTask {
                    do throws(HubError) {
                        try await work.run { gate.pass() }
                        return true
                    } catch {
                        #expect(error.code == .rateLimited && error.retryAfter == 2000)
                        return false
                    }
                }
            }
            for _ in 0..<4 { #expect(try await group.next() == false) }
            gate.open(5)
            for try await isDone in group { #expect(isDone) }
        }
        #expect(gate.most <= 2)
        #expect(work.computed == 5)
        gate.open(1)
        try await work.run { gate.pass() }
        #expect(work.computed == 6, "the place is free again")
    }

    @Test func `work under way takes nothing from Swift's pool and from Dispatch`() async throws {
        let gate = Gate()
        let most = ProcessInfo.processInfo.activeProcessorCount * 4
        let work = PasswordWork(atOnce: most, waiting: 0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<most { group.addTask { try await work.run { gate.spin() } } }
            // All of them run, on a processor: then tasks and queues still get their turn.
            while gate.now < most { await Task.yield() }
            await withCheckedContinuation { continuation in
                DispatchQueue.global().async { continuation.resume() }
            }
            gate.stop()
            try await group.waitForAll()
        }
        #expect(work.computed == most)
    }

    @Test func `without a hash the answer is no, after one computation`() async throws {
        let work = PasswordWork()
        #expect(try await !work.verify(Password("any password"), against: nil))
        #expect(work.computed == 1)
        let hash = try await work.hash(Password("any password"))
        #expect(try await work.verify(Password("any password"), against: hash))
        #expect(try await !work.verify(Password("another one"), against: hash))
    }
}
