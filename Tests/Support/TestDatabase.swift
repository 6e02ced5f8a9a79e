import Foundation
package import SessionHub
package import Testing

#if PostgreSQL
    package import Database
    import DatabasePostgres
    import PostgresSupport
    import Synchronization
#endif

/// Where the hubs of the tests keep their data: in a file, or, when `AMPHI_TEST_ENGINE` is `postgres`, in a database of
/// a throw-away PostgreSQL server.
package enum TestDatabase {
    package static let isServer = ProcessInfo.processInfo.environment["AMPHI_TEST_ENGINE"] == "postgres"

    /// The trait of a test that uses what only SQLite has, to make something fail or to look at the schema.
    package static let ofFiles: ConditionTrait = .enabled(if: !isServer, "it needs SQLite")

    /// The trait of a test of several hubs on one database.
    package static let ofServers: ConditionTrait = .enabled(if: isServer, "it needs PostgreSQL")

    /// What stands between the writer and its items. What it finds does not depend on the engine, and on a server the
    /// rehearsed items would take ids that their tests count on.
    package static var driver: (any JournalDriver)? { isServer ? nil : ContractDriver() }

    /// The place of the database that belongs to a folder: the same one for the same folder.
    ///
    /// - Returns: what AMPHI_DATABASE would be.
    package static func place(in folder: TestFolder) async throws -> String {
        guard isServer else { return folder.file("amphi.db") }
        #if PostgreSQL
            return try await TestServer.shared.url(for: folder)
        #else
            fatalError("AMPHI_TEST_ENGINE is postgres: build with --traits PostgreSQL")
        #endif
    }

    #if PostgreSQL
        /// An empty database of the throw-away server, which is gone with the server.
        package static func empty() throws -> any SQLDatabase {
            let shared = try TestPostgres.shared()
            return try server(shared.url(of: shared.makeDatabase()))
        }

        /// Any database of a server, also beside a hub that serves it.
        package static func server(_ url: String) throws -> any SQLDatabase {
            try PostgresDatabase(
                url: url, readers: 2, application: "amphi/test", allowsUnsafeSettings: true, logger: TestHub.silence
            )
        }
    #endif
}

#if PostgreSQL
    /// The databases of this process: copies of one that has the schema, because the migrations take longer.
    private actor TestServer {
        static let shared = TestServer()

        private var template: Task<String, any Error>?

        func url(for folder: TestFolder) async throws -> String {
            let server = try TestPostgres.shared()
            let mark = folder.file("postgres.url")
            if let known = try? String(contentsOfFile: mark, encoding: .utf8) { return known }
            let name = try server.makeDatabase(template: try await schema(server))
            folder.whenGone { try? server.dropDatabase(name) }
            let url = server.url(of: name)
            try folder.write(url, to: "postgres.url")
            return url
        }

        private func schema(_ server: TestPostgres) async throws -> String {
            if let template { return try await template.value }
            let making = Task {
                let name = try server.makeDatabase()
                let database = try PostgresDatabase(
                    url: server.url(of: name), readers: 1, application: "amphi/test", allowsUnsafeSettings: true,
                    logger: TestHub.silence
                )
                _ = try await Migrator(directory: PackageFolder.migrations + "/postgres").migrate(database)
                try database.close()
                return name
            }
            template = making
            return try await making.value
        }
    }
#endif

/// The engines of this build, for tests of the executable that hold on each.
package enum TestEngine: String, CaseIterable, Sendable {
    case sqlite
    #if PostgreSQL
        case postgres
    #endif

    /// What a hub of `folder` must be told: nothing for a file. A server's database is new, and goes with the folder.
    package func settings(for folder: TestFolder) throws -> [String: String] {
        switch self {
        case .sqlite: return [:]
        #if PostgreSQL
            case .postgres:
                let server = try Self.durable.get()
                let name = try server.makeDatabase()
                folder.whenGone { try? server.dropDatabase(name) }
                return ["AMPHI_DATABASE": server.url(of: name)]
        #endif
        }
    }

    #if PostgreSQL
        /// One that waits for the disk, as the executable demands.
        private static let durable = Result { try TestPostgres(isDurable: true) }
    #endif
}
