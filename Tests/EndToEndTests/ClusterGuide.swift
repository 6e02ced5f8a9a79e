import Foundation
import TestSupport

/// What Cluster.md gives an operator to copy, for tests that run it as it stands.
enum ClusterGuide {
    private static let text = Result {
        try String(
            contentsOfFile: "\(PackageFolder.root)/Sources/SessionHub/Documentation.docc/Cluster.md", encoding: .utf8)
    }

    /// Every block between lines of three backquotes.
    static func blocks() throws -> [String] {
        try text.get().components(separatedBy: "\n```\n").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
    }

    /// The one block that begins like this, with these words in the place of others, each of which must be there.
    static func block(_ start: String, _ changes: [(old: String, new: String)] = []) throws -> String {
        let found = try blocks().filter { $0.hasPrefix(start) }
        guard found.count == 1, var block = found.first else {
            throw TestFailure("Cluster.md has \(found.count) blocks that begin with \(start)")
        }
        for (old, new) in changes {
            guard block.contains(old) else { throw TestFailure("Cluster.md no longer has: \(old)") }
            block = block.replacing(old, with: new)
        }
        return block
    }

    /// A command for HAProxy's socket that the page shows.
    static func command(_ words: String) throws -> String {
        let line = "echo \"\(words)\" | sudo socat stdio /run/haproxy/admin.sock"
        guard try blocks().contains(where: { $0.components(separatedBy: "\n").contains(line) }) else {
            throw TestFailure("Cluster.md no longer has: \(line)")
        }
        return words
    }

    /// The load balancer of the page before two nodes on loopback, with a certificate that `start` has made.
    static func proxy(
        _ kind: TestProxy.Kind, north: UInt16, south: UInt16, _ certificate: TestCertificate, in folder: TestFolder
    ) async throws -> TestProxy {
        let nodes = [("10.0.0.11:8080", "127.0.0.1:\(north)"), ("10.0.0.12:8080", "127.0.0.1:\(south)")]
        switch kind {
        case .haproxy:
            let both = try ["pem", "key"].map {
                try String(contentsOfFile: folder.file("proxy.\($0)"), encoding: .utf8)
            }
            let file = try folder.write(both.joined(), to: "both.pem")
            return try await TestProxy.start(kind, in: folder) { port in
                try block(
                    "global\n",
                    nodes + [
                        ("maxconn 20000", "maxconn 256"),
                        ("/run/haproxy/admin.sock", TestProxy.adminSocket(in: folder)),
                        ("bind :443 ssl", "bind 127.0.0.1:\(port) ssl"),
                        ("/etc/haproxy/live.school.example.pem", file),
                    ]) + "\n"
            }
        case .nginx:
            return try await TestProxy.start(kind, in: folder) { port in
                try block(
                    "map $uri",
                    nodes + [
                        ("listen 443 ssl", "listen 127.0.0.1:\(port) ssl"),
                        ("/etc/nginx/live.school.example.pem", certificate.path),
                        ("/etc/nginx/live.school.example.key", certificate.keyPath),
                    ])
            }
        }
    }
}
