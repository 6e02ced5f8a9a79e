import Foundation
import Synchronization
import Testing
import WebSocketServer

@Suite struct EventLoopTests {
    /// A running server without connections, for its loops.
    private func withLoops(_ count: Int, _ body: @escaping @Sendable ([EventLoop]) throws -> Void) async throws {
        let group = EventLoopGroup(count: count)
        let server = WebServer(configuration: .make(), loops: group, router: Router(), logger: .silent)
        _ = try await server.start()
        let result = await onThread { Result { try body(group.loops) } }
        await server.stop(within: .seconds(1))
        try result.get()
    }

    @Test func `jobs run in the order of their calls, from many threads, before and after the start`() async throws {
        let group = EventLoopGroup(count: 1)
        let loop = group.loops[0]
        let seen = Mutex<[Int: [Int]]>([:])
        for number in 0..<10 { loop.execute { _ in seen.withLock { $0[-1, default: []].append(number) } } }
        let server = WebServer(configuration: .make(), loops: group, router: Router(), logger: .silent)
        _ = try await server.start()
        let done = Mailbox<Int>()
        for thread in 0..<8 {
            Thread.detachNewThread {
                for number in 0..<2000 {
                    loop.execute { _ in seen.withLock { $0[thread, default: []].append(number) } }
                }
                loop.execute { _ in done.put(thread) }
            }
        }
        try await onThread { Result { for _ in 0..<8 { _ = try done.take() } } }.get()
        await server.stop(within: .seconds(1))
        let order = seen.withLock { $0 }
        #expect(order[-1] == Array(0..<10))
        #expect((0..<8).allSatisfy { order[$0] == Array(0..<2000) })
    }

    @Test func `a job is dropped after the shutdown`() async throws {
        let group = EventLoopGroup(count: 1)
        let server = WebServer(configuration: .make(), loops: group, router: Router(), logger: .silent)
        _ = try await server.start()
        await server.stop(within: .seconds(1))
        group.loops[0].execute { _ in Issue.record("ran") }
    }

    @Test func `timers fire once, in order, and not when cancelled`() async throws {
        try await withLoops(1) { loops in
            let fired = Mailbox<String>()
            loops[0].execute { loop in
                _ = loop.schedule(after: .milliseconds(200)) { fired.put("second") }
                _ = loop.schedule(after: .milliseconds(50)) { fired.put("first") }
                let cancelled = loop.schedule(after: .milliseconds(100)) { fired.put("cancelled") }
                cancelled.cancel()
                cancelled.cancel()
            }
            let order = [try fired.take(), try fired.take()]
            #expect(order == ["first", "second"])
            loops[0].execute { loop in _ = loop.schedule(after: .zero) { fired.put("after a pause") } }
            #expect(try fired.take() == "after a pause")
        }
    }

    @Test func `a timer is never early`() async throws {
        try await withLoops(1) { loops in
            let waited = Mailbox<Duration>()
            loops[0].execute { loop in
                let start = loop.elapsed
                _ = loop.schedule(after: .milliseconds(120)) { loop.assumeIsolated { waited.put($0.elapsed - start) } }
            }
            let duration = try waited.take()
            #expect(duration >= .milliseconds(120))
        }
    }

    @Test func `a bound value comes back on its own loop`() async throws {
        final class Counter { var count = 0 }
        try await withLoops(2) { loops in
            let boxes = Mailbox<LoopBound<Counter>>()
            loops[0].execute { loop in boxes.put(LoopBound(Counter(), on: loop)) }
            let box = try boxes.take()
            let counts = Mailbox<Int>()
            for _ in 0..<3 {
                box.loop.execute { loop in
                    box.get(on: loop).count += 1
                    counts.put(box.get(on: loop).count)
                }
            }
            #expect(try [counts.take(), counts.take(), counts.take()] == [1, 2, 3])
        }
    }

    @Test func `Swift's own jobs run on the loop's thread`() async throws {
        let group = EventLoopGroup(count: 1)
        let server = WebServer(configuration: .make(), loops: group, router: Router(), logger: .silent)
        _ = try await server.start()
        let elapsed = await group.loops[0].elapsed
        #expect(elapsed > .zero)
        await server.stop(within: .seconds(1))
        let later = await group.loops[0].elapsed
        #expect(later > elapsed)
    }
}
