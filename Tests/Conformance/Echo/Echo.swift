import Foundation
import HTTPTypes
import Logging
import WebSocketServer

/// Sends every text message back: the target of a WebSocket test suite, on the module that the hub is built on.
final class Echo: WebSocketHandler {
    private var connection: WebSocketConnection?
    /// What the kernel has not taken yet.
    private var waiting: [[UInt8]] = []

    func opened(_ connection: WebSocketConnection, on loop: isolated EventLoop) { self.connection = connection }

    func received(_ message: [UInt8], on loop: isolated EventLoop) {
        waiting.append(message)
        drained(on: loop)
    }

    func drained(on loop: isolated EventLoop) {
        while let connection, !connection.isBlocked, !waiting.isEmpty {
            _ = connection.write(OutgoingFrame(waiting.removeFirst()), on: loop)
        }
    }

    func closed(_ code: UInt16, on loop: isolated EventLoop) { connection = nil }
}

@main
enum ConformanceEcho {
    /// Arguments: the port (0 for any), then a certificate and its key for TLS.
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        var configuration = WebServerConfiguration()
        configuration.port = arguments.first.flatMap { UInt16($0) } ?? 0
        configuration.connectionsPerSecondPerAddress = 0
        // The largest message of the suite has 16 MiB.
        configuration.maxMessageBytes = 64 << 20
        if arguments.count == 3 {
            let files = Array(arguments)
            configuration.tls = WebServerConfiguration.TLS(certificatePath: files[1], keyPath: files[2])
        }
        var router = Router()
        router.upgrade("/") { _, _ in .accept(subprotocol: nil) { _ in Echo() } }
        router.renderFault = { fault, _ in Response(status: fault.status) }
        let server = WebServer(
            configuration: configuration, loops: EventLoopGroup(count: 1), router: router,
            logger: Logger(label: "echo"))
        let port = try await server.start()
        let scheme = configuration.tls == nil ? "ws" : "wss"
        FileHandle.standardOutput.write(Data("listening on \(scheme)://127.0.0.1:\(port)/\n".utf8))
        while true { try await Task.sleep(for: .seconds(3600)) }
    }
}
