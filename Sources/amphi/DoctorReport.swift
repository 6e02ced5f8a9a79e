import Foundation
import Logging
import SessionHub

/// What `amphi doctor` found, as lines for a terminal.
struct DoctorReport {
    private(set) var lines: [String] = []
    private(set) var problems = 0

    private mutating func good(_ text: String) { lines.append("ok       \(text)") }
    private mutating func warn(_ text: String) { lines.append("warning  \(text)") }
    private mutating func bad(_ text: String) {
        lines.append("PROBLEM  \(text)")
        problems += 1
    }

    /// Secrets by their length only, never by their value.
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
        guard FileManager.default.fileExists(atPath: configuration.database) else {
            warn("\(configuration.database) does not exist yet: `amphi serve` makes it")
            return
        }
        guard let migrations = configuration.migrations else { return }
        do {
            let state = try await HubDatabase.state(
                configuration.database, migrations: migrations, logger: .command(.error)
            )
            good("\(configuration.database) has \(state.applied) migrations, \(state.megabytes) MB")
            if state.pending > 0 { warn("\(state.pending) migrations are pending: `amphi migrate`, or serve") }
            for damage in state.damage { bad("\(configuration.database): \(damage)") }
        } catch {
            bad("\(configuration.database): \(error)")
        }
    }

    /// Jitsi knows no leeway. Without another clock to ask, only what cannot be true is found.
    mutating func checkClock() {
        let now = HubClock().now
        let text = "the clock says \(now.text); Jitsi's server must agree within 30 s"
        if now < Self.firstRelease { bad("\(text), but it is in the past") } else { good(text) }
    }

    private static let firstRelease = Timestamp(seconds: 1_767_225_600)

    mutating func checkJitsi(_ configuration: HubConfiguration) {
        guard let jitsi = try? JitsiConfiguration(configuration.jitsi) else { return }
        good("Jitsi is \(jitsi.serverURL) with the profile \(jitsi.profile.rawValue)")
        for warning in jitsi.warnings { warn(warning) }
        guard jitsi.profile == .selfHosted else { return }
        do {
            lines += [""] + (try JitsiSample.table(jitsi)) + [""]
        } catch {
            bad("no Jitsi token can be made: \(error)")
        }
        lines += [
            "Prosody must have: app_id \"\(jitsi.appID)\", the same app_secret, issuer \"\(jitsi.appID)\", audience \"\(jitsi.audience)\".",
            "docker-jitsi-meet: ENABLE_AUTH=1 AUTH_TYPE=jwt JWT_APP_ID=\(jitsi.appID) JWT_APP_SECRET=... "
                + "JWT_ACCEPTED_ISSUERS=\(jitsi.appID) JWT_ACCEPTED_AUDIENCES=\(jitsi.audience)",
            "  XMPP_MUC_MODULES=token_affiliation WAIT_FOR_HOST_DISABLE_AUTO_OWNERS=true ENABLE_AUTO_OWNER=false JICOFO_ENABLE_AUTH=0",
        ]
    }
}
