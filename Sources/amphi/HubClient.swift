import Foundation
import SessionHub

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Sends one HTTP request to a running hub, over the Unix socket beside its database or over TCP. It blocks, which a
/// command may do.
enum HubClient {
    enum Place {
        /// A hub's control socket.
        case socket(String)
        case tcp(host: String, port: UInt16)
    }

    /// Nobody listens there, or what answers is no hub.
    struct Unreachable: Error, CustomStringConvertible {
        let description: String
    }

    private static let patienceSeconds = 120

    static func exchange(
        _ method: String, _ target: String, token: String, type: String, body: [UInt8], to place: Place
    ) throws -> (status: Int, body: [UInt8]) {
        let descriptor = try open(place)
        defer { close(descriptor) }
        var patience = timeval(tv_sec: patienceSeconds, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
        let head =
            "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer \(token)\r\n"
            + "Content-Type: \(type)\r\nContent-Length: \(body.count)\r\n\r\n"
        // A refusal may come, and the connection may end, before the whole body is sent. The answer is read all the
        // same.
        write(Array(head.utf8) + body, to: descriptor)
        return try answer(in: try readToEnd(descriptor))
    }

    private static func open(_ place: Place) throws -> Int32 {
        switch place {
        case .socket(let path):
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            let bytes = Array(path.utf8)
            let fits = withUnsafeMutableBytes(of: &address.sun_path) { place in
                guard bytes.count < place.count else { return false }
                place.copyBytes(from: bytes)
                return true
            }
            guard fits else { throw Unreachable(description: "the path \(path) is too long for a socket.") }
            let descriptor = socket(AF_UNIX, streamSocket, 0)
            let status = withUnsafeBytes(of: address) { bytes in
                connect(descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
            }
            guard descriptor >= 0, status == 0 else {
                if descriptor >= 0 { close(descriptor) }
                throw Unreachable(description: "no hub answers at \(path).")
            }
            return descriptor
        case .tcp(let host, let port): return try open(host, port)
        }
    }

    private static func open(_ host: String, _ port: UInt16) throws -> Int32 {
        var hints = addrinfo()
        hints.ai_socktype = streamSocket
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &list) == 0 else {
            throw Unreachable(description: "\(host) is not known.")
        }
        defer { freeaddrinfo(list) }
        var candidate = list
        while let address = candidate?.pointee {
            let descriptor = socket(address.ai_family, address.ai_socktype, address.ai_protocol)
            if descriptor >= 0, connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 { return descriptor }
            if descriptor >= 0 { close(descriptor) }
            candidate = address.ai_next
        }
        throw Unreachable(description: "no hub answers on \(host) port \(port).")
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, noSignal) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    private static func readToEnd(_ descriptor: Int32) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count > 0 { bytes += buffer[..<count] } else { return bytes }
        }
    }

    private static func answer(in bytes: [UInt8]) throws -> (status: Int, body: [UInt8]) {
        let end: [UInt8] = [13, 10, 13, 10]
        guard let split = bytes.firstRange(of: end) else { throw Unreachable(description: "the hub gave no answer.") }
        let words = String(decoding: bytes[..<split.lowerBound], as: UTF8.self).split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
            throw Unreachable(description: "what answers there is no hub.")
        }
        return (status, Array(bytes[split.upperBound...]))
    }

    #if canImport(Glibc)
        private static let streamSocket = Int32(SOCK_STREAM.rawValue)
        private static let noSignal = Int32(MSG_NOSIGNAL)
    #else
        private static let streamSocket = SOCK_STREAM
        private static let noSignal: Int32 = 0
    #endif
}
