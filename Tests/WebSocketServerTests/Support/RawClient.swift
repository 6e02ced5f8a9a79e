import Foundation

/// A blocking TCP client that sends and reads exact bytes. Every wait ends after ten seconds.
final class RawClient {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    private var fd: Int32
    private var buffer: [UInt8] = []
    private var release: () -> Void = {}

    /// `receiveBuffer`: SO_RCVBUF, for a slow reader.
    init(port: UInt16, receiveBuffer: Int32? = nil, isIPv6: Bool = false) throws {
        fd = socket(isIPv6 ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        if var receiveBuffer {
            setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<Int32>.size))
        }
        let status = isIPv6 ? Self.connectIPv6(fd, port) : Self.connectIPv4(fd, port)
        guard status == 0 else { throw Failure(description: "connect: errno \(errno)") }
    }

    private static func connectIPv4(_ fd: Int32, _ port: UInt16) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return connect(fd, &address)
    }

    private static func connectIPv6(_ fd: Int32, _ port: UInt16) -> Int32 {
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = port.bigEndian
        address.sin6_addr = in6addr_loopback
        return connect(fd, &address)
    }

    private static func connect<Address>(_ fd: Int32, _ address: inout Address) -> Int32 {
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.connect(fd, $0, socklen_t(MemoryLayout<Address>.size))
            }
        }
    }

    /// Takes over a connected descriptor; `release` runs at the end.
    init(descriptor: Int32, release: @escaping () -> Void) {
        fd = descriptor
        self.release = release
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit {
        close()
        release()
    }

    func close() {
        guard fd >= 0 else { return }
        Foundation.close(fd)
        fd = -1
    }

    /// The peer reads an end of file, we go on reading.
    func shutdownWriting() { shutdown(fd, Int32(SHUT_WR)) }

    // MARK: Sending

    func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.send(fd, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { throw Failure(description: "send: errno \(errno)") }
            rest = rest.dropFirst(count)
        }
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    // MARK: Reading

    /// Nil at the end of the stream, or after a reset.
    func readSome() throws -> [UInt8]? {
        if !buffer.isEmpty {
            defer { buffer = [] }
            return buffer
        }
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = recv(fd, &chunk, chunk.count, 0)
        if count < 0 {
            guard errno == ECONNRESET else { throw Failure(description: "recv: errno \(errno)") }
            return nil
        }
        return count == 0 ? nil : Array(chunk[..<count])
    }

    func read(_ count: Int) throws -> [UInt8] {
        var bytes = buffer
        buffer = []
        while bytes.count < count {
            guard let more = try readSome() else {
                throw Failure(description: "the stream ended after \(bytes.count) bytes")
            }
            bytes += more
        }
        buffer = Array(bytes[count...])
        return Array(bytes[..<count])
    }

    func readUntil(_ end: String) throws -> String {
        let end = Array(end.utf8)
        var bytes: [UInt8] = []
        while bytes.count < end.count || Array(bytes.suffix(end.count)) != end { bytes += try read(1) }
        return String(decoding: bytes, as: UTF8.self)
    }

    func readToEnd() throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let more = try readSome() { bytes += more }
        return bytes
    }

    /// True when the server has closed the connection.
    func isAtEnd() throws -> Bool { try readSome() == nil }
}

/// A response as it came over the wire.
struct WireResponse: Equatable {
    var status: Int
    /// Names in lower case.
    var headers: [String: String]
    var body: String
}

extension RawClient {
    /// One response; `hasBody` false for the answer to HEAD.
    func readResponse(hasBody: Bool = true) throws -> WireResponse {
        let head = try readUntil("\r\n\r\n").split(separator: "\r\n").map(String.init)
        var headers: [String: String] = [:]
        for line in head.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        let count = hasBody ? headers["content-length"].flatMap { Int($0) } ?? 0 : 0
        let status = Int(head[0].split(separator: " ")[1]) ?? 0
        return WireResponse(status: status, headers: headers, body: String(decoding: try read(count), as: UTF8.self))
    }

    func exchange(_ request: String, hasBody: Bool = true) throws -> WireResponse {
        try send(request)
        return try readResponse(hasBody: hasBody)
    }
}
