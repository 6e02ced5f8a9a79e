import Logging
import StrictJSON
import Synchronization
import TestSupport
import Testing

@testable import SessionHub

/// What must never be in the log, at the level that logs most.
@Suite("Secrets in the log", .timeLimit(.minutes(5)))
struct LogSecrecyTests {
    /// Everything that a hub logged.
    final class Lines: LogHandler, Sendable {
        private let lines = Mutex<[String]>([])

        var text: String { lines.withLock { $0.joined(separator: "\n") } }
        var metadata: Logger.Metadata {
            get { [:] }
            set {}
        }
        var logLevel: Logger.Level {
            get { .trace }
            set {}
        }
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { nil }
            set {}
        }

        func log(event: LogEvent) {
            lines.withLock { $0.append("\(event.message) \(event.metadata ?? [:])") }
        }
    }

    static func logger(_ lines: Lines) -> Logger { Logger(label: "test") { _ in lines } }

    @Test func `no password, code or token of a sign-in is logged, whether it succeeds or fails`() async throws {
        let lines = Lines()
        try await Classroom.with(logger: Self.logger(lines)) { room in
            let (old, new): (JSON, JSON) = ("an old secret of hers", "a new secret of hers")
            try await room.setPassword(.awa, old)
            _ = try await room.login(.awa, new)
            let token = try data(await room.login(.awa, old))["token"]?.stringValue ?? ""
            let body: JSON = ["current_password": old, "password": new]
            let changed = try await room.client.send("PUT", "/api/auth/password", token: token, json: body)
            let fresh = try data(changed)["token"]?.stringValue ?? ""
            let link = try data(await room.post("/api/users/20/sign-in-link", as: .admin), status: 201)
            let code = link["code"]?.stringValue ?? ""
            for _ in 0..<2 {
                _ = try await room.client.send("POST", "/api/auth/sign-in-link", json: ["code": .string(code)])
            }
            // Statements that fail are logged with SQLite's words: theirs must not hold the values either.
            try await room.execute("ALTER TABLE sign_in_codes RENAME TO hidden_codes", [])
            #expect(try await room.put("/api/users/20", as: .admin, ["password": old]).status == 500)
            let refused = try await room.client.send("POST", "/api/auth/sign-in-link", json: ["code": .string(code)])
            #expect(refused.status == 500)
            for secret in ["secret of hers", token, fresh, code, "scrypt$"] {
                #expect(!secret.isEmpty && !lines.text.contains(secret))
            }
        }
        #expect(lines.text.contains("item failed"), "the log is read")
    }
}
