import Foundation

/// A real reverse proxy before a hub, as Operations.md has it: a process of its own, on loopback, with its files in a
/// folder.
package struct TestProxy: Sendable {
    package enum Kind: String, Sendable, CaseIterable { case nginx, haproxy }

    package let port: UInt16
    private let process: HubProcess

    /// Returns when it takes connections.
    package static func start(_ kind: Kind, before hub: UInt16, in folder: TestFolder) async throws -> TestProxy {
        let port = try freePort()
        let file: String
        let arguments: [String]
        switch kind {
        case .nginx:
            file = try folder.write(nginx(port, hub, folder), to: "nginx.conf")
            arguments = ["-p", folder.path, "-e", folder.file("nginx.log"), "-c", file]
        case .haproxy:
            file = try folder.write(haproxy(port, hub), to: "haproxy.cfg")
            arguments = ["-db", "-f", file]
        }
        let program = "/usr/sbin/\(kind.rawValue)"
        let process = try await HubProcess.start(
            program, arguments, environment: ["PATH": "/usr/sbin:/usr/bin:/bin"], in: folder
        )
        try await blocking {
            let deadline = Deadline(after: .seconds(20))
            while (try? TestSocket(port: port)) == nil {
                guard !deadline.hasPassed else { throw TestFailure("\(kind) does not listen") }
                // Before the next try.
                _ = poll(nil, 0, 20)
            }
        }
        return TestProxy(port: port, process: process)
    }

    private static func nginx(_ port: UInt16, _ hub: UInt16, _ folder: TestFolder) -> String {
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
