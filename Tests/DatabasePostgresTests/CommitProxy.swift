#if PostgreSQL
import Foundation
import Glibc
import PostgresSupport
import Synchronization

/// A TCP door on the loopback in front of a server's Unix socket, which can cut a connection around its COMMIT.
final class CommitProxy: Sendable {
    /// What becomes of the next COMMIT that comes by; both connections are cut.
    enum Fault {
        /// It never reaches the server.
        case before
        /// The server commits, and the client does not hear of it.
        case after
        /// It never reaches the server, which is left with its side of the connection open.
        case silent
        /// As `after`, and nobody is let in any more until `reopen`.
        case gone
    }

    let port: UInt16
    private let listener: Int32
    private let socketPath: String
    private let fault = Mutex<Fault?>(nil)
    private let isShut = Mutex(false)

    /// - Parameter folder: of the server's socket.
    init(to folder: String) throws {
        socketPath = folder + "/.s.PGSQL.5432"
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let socket = listener
        let isOpen = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, size) == 0 && listen(socket, 20) == 0 && getsockname(socket, $0, &size) == 0
            }
        }
        guard isOpen else { throw TestPostgresError(what: "no port for the proxy") }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [self] in
            while case let client = accept(listener, nil, nil), client >= 0 { serve(client) }
        }
    }

    func close() { shutdown(listener, Int32(SHUT_RDWR)) }

    func reopen() { isShut.withLock { $0 = false } }

    func cutNextCommit(_ fault: Fault) { self.fault.withLock { $0 = fault } }

    func url(of database: String) -> String { "postgres://postgres@127.0.0.1:\(port)/\(database)" }

    private func serve(_ client: Int32) {
        let server = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: socketPath.utf8) }
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(server, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        guard isConnected, !isShut.withLock(\.self) else {
            _ = Glibc.close(client)
            _ = Glibc.close(server)
            return
        }
        let isMuted = Mutex(false)
        let answers = Pump(from: server, to: client) { _ in
            // The answer to the COMMIT has come, so that it has happened.
            isMuted.withLock { $0 } ? .cut : .pass
        }
        let requests = Pump(from: client, to: server) { [self] bytes in
            // As a whole statement: READ COMMITTED is another matter.
            let isCommit = bytes.contains(Array("COMMIT\0".utf8))
            guard isCommit, let fault = fault.withLock({ $0.take() }) else { return .pass }
            switch fault {
            case .before: return .cut
            case .silent: return .leave
            case .after, .gone:
                isMuted.withLock { $0 = true }
                if fault == .gone { isShut.withLock { $0 = true } }
                return .pass
            }
        }
        Thread.detachNewThread { answers.run() }
        Thread.detachNewThread { requests.run() }
    }
}

/// One direction of a connection.
private struct Pump: Sendable {
    enum Verdict {
        case pass
        case cut
        /// Ends the side that it reads from, and lets the other one hang.
        case leave
    }

    let from: Int32
    let to: Int32
    let judge: @Sendable ([UInt8]) -> Verdict

    init(from: Int32, to: Int32, judge: @escaping @Sendable ([UInt8]) -> Verdict) {
        self.from = from
        self.to = to
        self.judge = judge
    }

    /// The descriptors stay open until the process ends: their numbers must not be given to somebody else meanwhile.
    func run() {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = read(from, &buffer, buffer.count), count > 0 {
            let bytes = Array(buffer.prefix(count))
            switch judge(bytes) {
            case .pass: guard send(to, bytes, count, Int32(MSG_NOSIGNAL)) == count else { return cut() }
            case .cut: return cut()
            case .leave:
                shutdown(from, Int32(SHUT_RDWR))
                return
            }
        }
        cut()
    }

    private func cut() {
        shutdown(from, Int32(SHUT_RDWR))
        shutdown(to, Int32(SHUT_RDWR))
    }
}
#endif
