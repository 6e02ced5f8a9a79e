import Foundation
import HTTPTypes
import Logging
import Synchronization
import Testing
import WebSocketServer

extension WebServerConfiguration {
    /// Short times, no pings unless a test wants them.
    static func make(_ change: (inout WebServerConfiguration) -> Void = { _ in }) -> WebServerConfiguration {
        var configuration = WebServerConfiguration()
        configuration.connectionsPerSecondPerAddress = 0
        configuration.firstPing = .seconds(60)...(.seconds(60))
        configuration.headTimeout = .seconds(60)
        configuration.lingerTimeout = .seconds(1)
        configuration.closeTimeout = .seconds(2)
        change(&configuration)
        return configuration
    }
}

extension Logger {
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

/// Runs a server, `body` on a thread of its own (a blocking client must not hold up Swift's few threads), then stops
/// it.
func withServer<Result: Sendable>(
    _ router: Router, _ configuration: WebServerConfiguration = .make(), loops: Int = 1,
    _ body: @escaping @Sendable (UInt16) throws -> Result
) async throws -> Result {
    try await withServer(router, configuration, loops: loops) { port, _ in try body(port) }
}

/// The same, with the server at hand.
func withServer<Result: Sendable>(
    _ router: Router, _ configuration: WebServerConfiguration = .make(), loops: Int = 1, logger: Logger = .silent,
    _ body: @escaping @Sendable (UInt16, WebServer) throws -> Result
) async throws -> Result {
    let server = WebServer(
        configuration: configuration, loops: EventLoopGroup(count: loops), router: router, logger: logger)
    let port = try await server.start()
    let result = await onThread { Swift.Result { try body(port, server) } }
    await server.stop(within: .seconds(5))
    let counters = server.counters
    #expect(counters.openConnections == 0)
    #expect(counters.openWebSockets == 0)
    return try result.get()
}

/// Waits until the server has got so far.
func wait(until condition: () -> Bool) throws {
    let end = ContinuousClock.now + .seconds(20)
    while !condition() {
        guard ContinuousClock.now < end else { throw RawClient.Failure(description: "it never came true") }
        usleep(1000)
    }
}

func onThread<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
    await withCheckedContinuation { continuation in
        Thread.detachNewThread { continuation.resume(returning: body()) }
    }
}

/// A value that a test waits for from its own thread.
final class Mailbox<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])
    private let semaphore = DispatchSemaphore(value: 0)

    func put(_ value: Value) {
        values.withLock { $0.append(value) }
        semaphore.signal()
    }

    var count: Int { values.withLock { $0.count } }

    func take() throws -> Value {
        guard semaphore.wait(timeout: .now() + 10) == .success else {
            throw RawClient.Failure(description: "nothing came within ten seconds")
        }
        return values.withLock { $0.removeFirst() }
    }
}
