import ArgumentParser
import Foundation
import SessionHub
import StrictJSON

/// Shows how the running hub does.
struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the running hub: connections, classes, people, posts, commits, store.",
        discussion: "Asks the hub that serves the database, or the one at --url with the same JWT_SECRET."
    )

    @OptionGroup var options: ConfigurationOptions

    @Option(help: ArgumentHelp("A hub elsewhere, http://HOST:PORT, perhaps with a path.", valueName: "address"))
    var url: String?

    @Flag(help: "Print the answer of GET /api/status as it is.")
    var json = false

    func run() async throws {
        do {
            let configuration = try await options.read()
            let door = try url.map { try HubDoor(at: Self.place($0), configuration) } ?? .running(configuration)
            // The hub may lie under a path, behind a proxy.
            let base = url.map { PublicAddress(httpBase: $0).basePath } ?? ""
            let status = try await door.send("GET", "\(base)/api/status")
            if json { return try Output.line(status.text) }
            for (label, value) in Self.lines(status) {
                try Output.line("\(label.padding(toLength: 14, withPad: " ", startingAt: 0)) \(value)")
            }
        } catch {
            throw Failure.exit(error)
        }
    }

    private static func place(_ url: String) throws -> HubClient.Place {
        guard let origin = WebOrigin(url), origin.scheme == "http" else {
            throw ConfigurationError(
                "--url must be http://HOST:PORT. For https, ask with curl: GET URL/api/status with a token of "
                    + "`amphi token --service status`."
            )
        }
        let host = origin.host.hasPrefix("[") ? String(origin.host.dropFirst().dropLast()) : origin.host
        return .tcp(host: host, port: origin.port ?? 80)
    }

    private static func lines(_ status: JSON) -> [(String, String)] {
        func number(_ name: String) -> Int64 { status[name]?.integerValue ?? 0 }
        func decimal(_ name: String) -> String {
            status[name]?.numberValue.map { String(format: "%.1f", $0) } ?? "-"
        }
        let uptime = number("uptime_seconds")
        let nodes = status["cluster"]?["nodes"]?.arrayValue ?? []
        return [
            ("version", status["version"]?.stringValue ?? ""),
            ("running for", "\(uptime / 86_400) d \(uptime / 3600 % 24) h \(uptime / 60 % 60) min \(uptime % 60) s"),
            ("connections", "\(number("connections")), of them \(number("web_sockets")) channels"),
            ("live classes", "\(number("live_sessions"))"),
            ("people", "\(number("people")) on channels"),
            ("posts", "\(decimal("posts_per_second")) per second"),
            (
                "commits",
                "\(number("commits")) in the last minute, median \(decimal("commit_p50_ms")) ms, "
                    + "99 % within \(decimal("commit_p99_ms")) ms"
            ),
            ("store", "\(megabytes(number("store_bytes"))) MB, and \(megabytes(number("wal_bytes"))) MB of log"),
            ("writing", status["degraded"] == true ? "INTERRUPTED: the hub's log says why" : "works"),
        ] + nodes.map { ("node", line($0, of: status["cluster"] ?? .null)) }
    }

    private static func line(_ node: JSON, of cluster: JSON) -> String {
        let seconds = Double(node["seen_ms_ago"]?.integerValue ?? 0) / 1000
        var text = "\(node["name"]?.stringValue ?? ""): \(node["state"]?.stringValue ?? ""), "
        text += "seen \(String(format: "%.1f", seconds)) s ago, version \(node["version"]?.stringValue ?? "")"
        guard node["name"] == cluster["node"] else { return text }
        text += "; answers here, \(cluster["commits_behind"]?.integerValue ?? 0) commits behind"
        return cluster["deaf"] == true ? text + ", DEAF: hints of the others do not come" : text
    }

    private static func megabytes(_ bytes: Int64) -> String { String(format: "%.1f", Double(bytes) / 1_000_000) }
}
