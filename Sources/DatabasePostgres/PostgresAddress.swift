#if PostgreSQL
import CLibpq
import Database
import Foundation

/// Where the server is and how to get in: the operator's URL, with our defaults for what it leaves open.
///
/// libpq reads the URL (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING), so that several
/// hosts, PGPASSFILE, service files and client certificates work as everywhere else. The password is in here: nothing
/// of it is ever printed.
struct PostgresAddress: Sendable {
    /// libpq's keywords with their values.
    private(set) var options: [String: String]

    /// - Parameter application: what the server shows in `pg_stat_activity`, for example "amphi/north".
    init(_ url: String, application: String) throws(SQLError) {
        try Self.checkCredentials(url)
        options = try Self.parse(url)
        options["application_name"] = application
        options["client_encoding"] = "UTF8"
        let defaults = [
            "connect_timeout": "2", "target_session_attrs": "read-write",
            // A server that vanished is noticed by what it does not acknowledge (ms) and by silence (s).
            "tcp_user_timeout": "5000", "keepalives_idle": "5", "keepalives_interval": "2", "keepalives_count": "3",
        ]
        options.merge(defaults) { given, _ in given }
        options["sslmode"] = options["sslmode"] ?? (leavesMachine ? "verify-full" : nil)
        if options["sslrootcert"] == nil { options["sslrootcert"] = Self.roots(for: options["sslmode"]) }
    }

    /// An error text without the password, should a library ever repeat it.
    func withoutSecrets(_ text: String) -> String {
        let secrets = ["password", "sslpassword"].compactMap { options[$0] }.filter { !$0.isEmpty }
        return secrets.contains(where: text.contains) ? "the server or libpq named the password in its answer" : text
    }
}

// MARK: - TLS

extension PostgresAddress {
    /// Whether a host is neither a Unix socket nor this machine.
    private var leavesMachine: Bool {
        let environment = ProcessInfo.processInfo.environment
        let hosts = options["hostaddr"] ?? options["host"] ?? environment["PGHOSTADDR"] ?? environment["PGHOST"] ?? ""
        return hosts.split(separator: ",").contains { host in
            // "If a host name looks like an absolute path name [...] The connection is by Unix-domain socket"; "@" is
            // the abstract namespace.
            !host.hasPrefix("/") && !host.hasPrefix("@") && !["localhost", "127.0.0.1", "::1"].contains(host)
        }
    }

    /// What is trusted when the URL names no certificate. libpq itself would look into the home directory only.
    private static func roots(for mode: String?) -> String? {
        guard mode == "verify-full" || mode == "verify-ca",
            ProcessInfo.processInfo.environment["PGSSLROOTCERT"] == nil
        else { return nil }
        // "The special value system will load the trusted CA roots from the SSL implementation", for verify-full alone;
        // since libpq 16.
        if PQlibVersion() >= 160_000, mode == "verify-full" { return "system" }
        let bundle = "/etc/ssl/certs/ca-certificates.crt"
        return FileManager.default.fileExists(atPath: bundle) ? bundle : nil
    }
}

// MARK: - The URL

extension PostgresAddress {
    /// A password with an "@" or a "/" as they are makes libpq take a part of it for the host, and name that in its
    /// errors.
    private static func checkCredentials(_ url: String) throws(SQLError) {
        guard let scheme = url.firstRange(of: "://") else { return }
        let rest = url[scheme.upperBound...]
        let beforeQuery = rest.prefix { $0 != "?" }
        guard beforeQuery.contains("@") || !rest.contains("@"), rest.count(where: { $0 == "@" }) <= 1 else {
            throw SQLError(.misuse, "the user and the password in the database's URL must be percent-encoded")
        }
        if let at = beforeQuery.lastIndex(of: "@"),
            beforeQuery[..<at].contains(where: { "/#".contains($0) || $0.isWhitespace })
        {
            throw SQLError(.misuse, "the user and the password in the database's URL must be percent-encoded")
        }
        // Where the host was forgotten, the password stands for a port, and libpq would name it.
        let hosts = beforeQuery.split(separator: "@", omittingEmptySubsequences: false).last?.prefix { $0 != "/" } ?? ""
        for host in hosts.split(separator: ",") where !host.hasPrefix("[") {
            let port = host.split(separator: ":", maxSplits: 1).dropFirst().first ?? ""
            guard port.allSatisfy({ $0.isASCII && $0.isNumber }) else {
                throw SQLError(.misuse, "the database's URL is not of the form postgres://user@host:5432/name")
            }
        }
    }

    private static func parse(_ url: String) throws(SQLError) -> [String: String] {
        // libpq's own reason may repeat a part of the URL: it is not asked for.
        guard let list = unsafe PQconninfoParse(url, nil) else {
            throw SQLError(.misuse, "the database's URL is not of the form postgres://user@host:5432/name")
        }
        defer { unsafe PQconninfoFree(list) }
        var options: [String: String] = [:]
        var next = unsafe list
        while let keyword = unsafe next.pointee.keyword {
            if let value = unsafe next.pointee.val {
                unsafe options[String(cString: keyword)] = String(cString: value)
            }
            unsafe next += 1
        }
        return options
    }
}
#endif
