import Foundation

/// A real reverse proxy before a hub, as Operations.md has it: a process of its own, on loopback, with its files in a
/// folder.
package struct TestProxy: Sendable {
    package enum Kind: String, Sendable, CaseIterable { case nginx, haproxy }

    package let port: UInt16
    private let process: HubProcess
    private let folder: TestFolder

    /// Returns when it takes connections.
    package static func start(_ kind: Kind, before hub: UInt16, in folder: TestFolder) async throws -> TestProxy {
        try await start(kind, in: folder) { port in
            switch kind {
            case .nginx: nginx(port, hub)
            case .haproxy: haproxy(port, hub)
            }
        }
    }

    /// Returns when it takes connections.
    ///
    /// - Parameter configuration: the file for this port of 127.0.0.1; of nginx what stands inside `http { }`.
    package static func start(
        _ kind: Kind, in folder: TestFolder, _ configuration: (UInt16) throws -> String
    ) async throws -> TestProxy {
        let port = try freePort()
        let file: String
        let arguments: [String]
        switch kind {
        case .nginx:
            file = try folder.write(frame(configuration(port), folder), to: "nginx.conf")
            arguments = ["-p", folder.path, "-e", folder.file("nginx.log"), "-c", file]
        case .haproxy:
            file = try folder.write(configuration(port), to: "haproxy.cfg")
            arguments = ["-db", "-f", file]
        }
        let program = "/usr/sbin/\(kind.rawValue)"
        let process = try await HubProcess.start(
            program, arguments, environment: ["PATH": "/usr/sbin:/usr/bin:/bin"], in: folder
        )
        do {
            try await blocking {
                let deadline = Deadline(after: .seconds(20))
                while (try? TestSocket(port: port)) == nil {
                    guard !deadline.hasPassed else { throw TestFailure("\(kind) does not listen") }
                    // Before the next try.
                    _ = poll(nil, 0, 20)
                }
            }
        } catch {
            throw TestFailure("\(error): \(await process.errors)")
        }
        return TestProxy(port: port, process: process, folder: folder)
    }

    private static func frame(_ http: String, _ folder: TestFolder) -> String {
        """
        daemon off;
        master_process off;
        pid \(folder.file("nginx.pid"));
        events { worker_connections 256; }
        http {
            access_log off;
            client_body_temp_path \(folder.file("body"));
            proxy_temp_path \(folder.file("proxy"));
            fastcgi_temp_path \(folder.file("fastcgi"));
            uwsgi_temp_path \(folder.file("uwsgi"));
            scgi_temp_path \(folder.file("scgi"));
        \(http)
        }

        """
    }

    private static func nginx(_ port: UInt16, _ hub: UInt16) -> String {
        """
            server {
                listen 127.0.0.1:\(port);
                location / {
                    proxy_pass http://127.0.0.1:\(hub);
                    proxy_http_version 1.1;
                    proxy_set_header Host $http_host;
                    proxy_set_header Upgrade $http_upgrade;
                    proxy_set_header Connection "upgrade";
                    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                    proxy_read_timeout 300s;
                }
            }
        """
    }

    private static func haproxy(_ port: UInt16, _ hub: UInt16) -> String {
        """
        global
            maxconn 256
        defaults
            mode http
            timeout connect 5s
            timeout client 300s
            timeout server 300s
            timeout tunnel 300s
        frontend front
            bind 127.0.0.1:\(port)
            default_backend hub
        backend hub
            option forwardfor
            server hub 127.0.0.1:\(hub)

        """
    }

    // MARK: - HAProxy at work

    /// The socket on which HAProxy takes commands, for its configuration.
    package static func adminSocket(in folder: TestFolder) -> String { folder.file("admin.sock") }

    /// What HAProxy answers to one command, as `socat stdio` would show it.
    package func tell(_ command: String) async throws -> String {
        let path = Self.adminSocket(in: folder)
        return try await blocking {
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            guard descriptor >= 0 else { throw TestFailure.system("socket") }
            defer { close(descriptor) }
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
            let size = socklen_t(MemoryLayout<sockaddr_un>.size)
            let status = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
            }
            let line = Array("\(command)\n".utf8)
            guard status == 0, write(descriptor, line, line.count) == line.count else {
                throw TestFailure.system("the socket of HAProxy")
            }
            var answer: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 16_384)
            while case let count = read(descriptor, &buffer, buffer.count), count > 0 { answer += buffer[..<count] }
            return String(decoding: answer, as: UTF8.self)
        }
    }

    /// Waits until this column of `show stat` is so for a server of the backend, or for all of it (`BACKEND`).
    package func wait(until column: String, of server: String, is value: String) async throws {
        let deadline = Deadline(after: .seconds(30))
        var found = ""
        while !deadline.hasPassed {
            let lines = try await tell("show stat").components(separatedBy: "\n").map {
                $0.components(separatedBy: ",")
            }
            let index = lines.first?.firstIndex { $0.hasSuffix(column) }
            if let index, let line = lines.first(where: { $0.starts(with: ["amphi", server]) }) { found = line[index] }
            if found == value { return }
            try await blocking { _ = poll(nil, 0, 20) }
        }
        throw TestFailure("\(column) of \(server) is \(found), not \(value)")
    }

    /// Free a moment ago.
    private static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw TestFailure.system("socket") }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, size) == 0 ? getsockname(descriptor, generic, &size) : -1
            }
        }
        guard status == 0 else { throw TestFailure.system("bind") }
        return UInt16(bigEndian: address.sin_port)
    }
}

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif
