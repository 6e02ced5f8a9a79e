#if PostgreSQL
import Database
import Foundation
import Logging
import PostgresSupport
import Testing

@testable import DatabasePostgres

@Suite struct AddressTests {
    private static func options(_ url: String) throws(SQLError) -> [String: String] {
        try PostgresAddress(url, application: "amphi/north").options
    }

    @Test(
        arguments: [
            ("postgres://db.example.org/amphi", "verify-full"), ("postgres://10.0.0.1/amphi", "verify-full"),
            ("postgres://localhost,db.example.org/amphi", "verify-full"),
            ("postgres://db.example.org/amphi?sslmode=require", "require"),
            ("postgres://u@localhost/amphi", nil), ("postgres://127.0.0.1:5433/amphi", nil),
            ("postgres://[::1]/amphi", nil), ("postgresql:///amphi?host=/run/postgresql", nil),
            ("postgres:///amphi", nil),
        ] as [(String, String?)])
    func `off this machine the server's certificate is verified`(url: String, mode: String?) throws {
        let options = try Self.options(url)
        #expect(options["sslmode"] == mode)
        #expect((options["sslrootcert"] != nil) == (mode == "verify-full"))
    }

    @Test func `what the URL says stays, what it leaves open is ours`() throws {
        let options = try Self.options("postgres://u:p%40ss@a:1,b:2/amphi?connect_timeout=7&application_name=x")
        #expect(options["host"] == "a,b")
        #expect(options["port"] == "1,2")
        #expect(options["password"] == "p@ss")
        #expect(options["connect_timeout"] == "7")
        #expect(options["application_name"] == "amphi/north")
        #expect(options["target_session_attrs"] == "read-write")
        #expect(options["tcp_user_timeout"] == "5000")
    }

    @Test(
        arguments: [
            "postgres://u:sec@ret@127.0.0.1:1/x", "postgres://u:sec/ret@127.0.0.1:1/x",
            "postgres://u:sec?ret@127.0.0.1/x",
            "postgres://u:sec ret@127.0.0.1:1/x", "postgres://u:secret@127.0.0.1:1/x", "postgres://u:secret@[::1/x",
            "postgres://u:secret@127.0.0.1:1/x?nonsense=secret", "host=127.0.0.1 port=1 password=secret",
            "password='secret", "postgres://u:%zzsecret@127.0.0.1:1/x",
            "postgres://u@nowhere.invalid/x?password=secret", "postgres://u:secret/x",
            "postgres://u:p?secret@x@127.0.0.1/x",
        ])
    func `no error names the password`(url: String) async {
        let error = await sqlError { _ = try PostgresDatabase.make(url) }
        let words = "\(String(describing: error)) \(String(reflecting: error))"
        #expect(error != nil)
        #expect(!words.contains("secret") && !words.contains("ret@") && !words.contains("sec@"))
        #expect(error?.code == .misuse || error?.code == .unavailable)
    }

    @Test func `settings that could lose data or mix up names are refused with what to do`() async throws {
        let server = try TestPostgres.shared()
        // The server of the tests has fsync off.
        let unsafe = try await server.withDatabase { url in
            await sqlError { _ = try PostgresDatabase.make(url, safe: true) }
        }
        #expect(unsafe?.code == .misuse)
        #expect(unsafe?.message == "fsync is off, so that a crash can destroy the database: set it to on")

        let advice = "create it with ENCODING 'UTF8' LC_COLLATE 'C' TEMPLATE template0"
        let cases = [
            ("ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'", "the database's encoding is LATIN1: \(advice)"),
            (
                "ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'en' LC_COLLATE 'C' LC_CTYPE 'C'",
                "the database sorts by an ICU locale: \(advice)"
            ),
        ]
        for (options, message) in cases {
            let name = try server.makeDatabase(options: options)
            let error = await sqlError { _ = try PostgresDatabase.make(server.url(of: name)) }
            #expect(error?.message == message)
            try server.dropDatabase(name)
        }

        let name = try server.makeDatabase()
        try server.sql("ALTER DATABASE \(name) SET synchronous_commit = off")
        let address = try PostgresAddress(server.url(of: name), application: "amphi/test")
        let link = try Link(address, Patience())
        #expect(throws: SQLError.self) { try ServerSettings(allowsUnsafe: false).apply(to: link, .writer) }
        try server.dropDatabase(name)
    }

    @Test func `the writer's session is set as it must be`() async throws {
        try await withPostgres { database async throws in
            let names = [
                "application_name", "client_encoding", "TimeZone", "idle_in_transaction_session_timeout",
                "lock_timeout",
                "client_connection_check_interval", "statement_timeout", "default_transaction_isolation", "jit",
            ]
            let values = try await database.onWriter { connection in
                try names.map { try connection.first("SELECT current_setting($1) AS v", [.text($0)])?.text("v") }
            }
            #expect(values == ["amphi/test", "UTF8", "UTC", "2s", "5min", "1s", "0", "read committed", "off"])
        }
    }
}
#endif
