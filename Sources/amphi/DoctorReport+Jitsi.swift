import Foundation
import SessionHub
import WebClient

/// Whether Jitsi answers where browsers will look for it, and whether its clock and ours agree.
extension DoctorReport {
    private static let patienceSeconds = 10

    mutating func checkJitsi(_ configuration: HubConfiguration) async {
        guard let jitsi = try? JitsiConfiguration(configuration.jitsi) else { return }
        note("Jitsi is \(jitsi.serverURL) with the profile \(jitsi.profile.rawValue)")
        for warning in jitsi.warnings { warn(warning) }
        await ask(jitsi)
        guard jitsi.profile == .selfHosted else { return }
        do {
            lines += [""] + (try JitsiSample.table(jitsi)) + [""]
        } catch {
            bad("no Jitsi token can be made: \(error)")
        }
        lines += Self.advice(jitsi)
    }

    private mutating func ask(_ jitsi: JitsiConfiguration) async {
        let origin = jitsi.address.origin
        let isSecure = origin.scheme == "https"
        let client = WebClient(isSecure: isSecure, host: origin.host, port: origin.port ?? (isSecure ? 443 : 80))
        let begin = HubClock().now
        let result = await client.get("/external_api.js", within: Self.patienceSeconds)
        let visit = JitsiVisit(origin: origin.text, result: result, begin: begin, end: HubClock().now)
        // The public server takes none of our tokens, and it is browsers that open it, not this machine.
        let isOthers = jitsi.embedHost == JitsiConfiguration.publicServer
        for finding in visit.findings(signs: jitsi.profile == .selfHosted) {
            switch finding {
            case .good(let text): good(text)
            case .warning(let text): warn(text)
            case .problem(let text): if isOthers { warn(text) } else { bad(text) }
            }
        }
    }

    private static func advice(_ jitsi: JitsiConfiguration) -> [String] {
        let address = jitsi.address
        let rooms =
            address.tenant.map { "for the tenant \"\($0)\": muc_mapper_domain_base \"\(address.xmppDomain)\"" }
            ?? "for the XMPP domain \"\(address.xmppDomain)\""
        return [
            "Prosody must have, \(rooms): app_id \"\(jitsi.appID)\", the same app_secret,",
            "  issuer \"\(jitsi.appID)\", audience \"\(jitsi.audience)\".",
            "docker-jitsi-meet: PUBLIC_URL=\(address.origin.text) XMPP_DOMAIN=\(address.xmppDomain) ENABLE_AUTH=1 AUTH_TYPE=jwt",
            "  JWT_APP_ID=\(jitsi.appID) JWT_APP_SECRET=... "
                + "JWT_ACCEPTED_ISSUERS=\(jitsi.appID) JWT_ACCEPTED_AUDIENCES=\(jitsi.audience)",
            "  XMPP_MUC_MODULES=token_affiliation WAIT_FOR_HOST_DISABLE_AUTO_OWNERS=true ENABLE_AUTO_OWNER=false JICOFO_ENABLE_AUTH=0",
        ]
    }
}
