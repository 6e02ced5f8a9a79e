import Foundation
import SessionHub

/// What `amphi doctor` found, as lines for a terminal.
struct DoctorReport {
    var lines: [String] = []
    private(set) var problems = 0

    /// Adds a line about what is neither good nor bad.
    mutating func note(_ text: String) { lines.append("         \(text)") }
    mutating func good(_ text: String) { lines.append("ok       \(text)") }
    mutating func warn(_ text: String) { lines.append("warning  \(text)") }
    mutating func bad(_ text: String) {
        lines.append("PROBLEM  \(text)")
        problems += 1
    }

    /// Checks the keys. It shows secrets by their length only, never by their value.
    mutating func checkKeys(_ configuration: HubConfiguration) {
        for problem in configuration.problems { bad(problem) }
        if configuration.problems.isEmpty {
            good("JWT_SECRET has \(configuration.jwtSecret?.utf8.count ?? 0) bytes")
            if let secret = configuration.jitsi.appSecret {
                good("JITSI_APP_SECRET has \(secret.utf8.count) bytes and is another secret")
            }
        }
        if configuration.allowedOrigins.contains("*") {
            warn("AMPHI_ALLOWED_ORIGINS is *: every site's pages may call the hub with a token that they have")
        }
        if !configuration.usesTLS, !["127.0.0.1", "::1", "localhost"].contains(configuration.host) {
            warn(
                "tokens travel unencrypted to \(configuration.host): set AMPHI_TLS_CERT and AMPHI_TLS_KEY, or use a proxy"
            )
        }
        for path in [configuration.tlsCertificate, configuration.tlsKey].compactMap(\.self)
        where !FileManager.default.isReadableFile(atPath: path) {
            bad("\(path) cannot be read")
        }
        if let certificate = configuration.tlsCertificate, let key = configuration.tlsKey,
            [certificate, key].allSatisfy(FileManager.default.isReadableFile)
        {
            if let problem = configuration.certificateProblem {
                bad(problem)
            } else {
                good("\(certificate) and \(key) are a certificate and its key")
            }
        }
        if let problem = configuration.hostProblem { bad(problem) }
    }

    mutating func checkFolders(_ configuration: HubConfiguration) {
        if let problem = Pages.problem(in: configuration.webRoot) {
            bad(problem)
        } else {
            good("AMPHI_WEB_ROOT is \(configuration.webRoot ?? "")")
        }
        switch configuration.migrations {
        case let folder?: good("AMPHI_MIGRATIONS is \(folder)")
        case nil: bad("AMPHI_MIGRATIONS: the folder was not found")
        }
    }

    /// Opens the file only when it exists: a doctor changes nothing.
    mutating func checkDatabase(_ configuration: HubConfiguration) async {
        let name = configuration.databaseName
        guard HubDatabase.isThere(configuration) else {
            warn("\(name) does not exist yet: `amphi serve` makes it")
            return
        }
        guard configuration.migrations != nil else { return }
        do {
            let state = try await HubDatabase.state(configuration, logger: .command(configuration.logLevel))
            good("\(name) has \(state.applied) migrations, \(state.megabytes) MB")
            if state.pending > 0 { warn("\(state.pending) migrations are pending: `amphi migrate`, or serve") }
            for damage in state.damage { bad("\(name): \(damage)") }
            let server = try await HubDatabase.serverState(configuration, logger: .command(configuration.logLevel))
            if let server { check(server) }
        } catch {
            bad("\(name): \(error)")
        }
    }

    /// Checks a PostgreSQL server beyond what a hub itself demands of it.
    private mutating func check(_ server: HubDatabase.ServerState) {
        good("PostgreSQL \(server.version)")
        if server.standbys.isEmpty {
            warn(
                "no commit waits for a standby (synchronous_standby_names): with the server goes what was acknowledged last"
            )
        } else {
            good("commits wait for a standby: \(server.standbys)")
        }
        let hubs = max(1, Int64(server.nodes.count { $0.state == "up" }))
        let needed = hubs * server.connectionsPerHub
        if needed * 2 > server.mostConnections {
            warn(
                "\(hubs) hubs take up to \(needed) of \(server.mostConnections) connections (max_connections): "
                    + "leave room for a restart"
            )
        }
        let seconds = abs(server.clockDifference) / 1000
        if seconds > 10 {
            bad("this machine's clock and the server's differ by \(seconds) s: a hub does not start")
        } else if seconds > 2 {
            warn("this machine's clock and the server's differ by \(seconds) s")
        }
        for node in server.nodes {
            let text = "hub \(node.name): \(node.state), heard of \(node.seconds) s ago"
            if node.state == "lost" || node.state == "up" && node.seconds > 10 { warn(text) } else { good(text) }
        }
    }

    /// Checks the machine's clock. Without another clock to ask, it finds only what cannot be true. Jitsi's clock is
    /// asked together with its script (`checkJitsi`).
    mutating func checkClock() {
        let now = HubClock().now
        let text = "the clock says \(now.text)"
        if now < Self.firstRelease { bad("\(text), but it is in the past") } else { good(text) }
    }

    private static let firstRelease = Timestamp(seconds: 1_767_225_600)
}
