import Database
package import Logging

/// Moves a hub's whole database into another one, of the same or of the other engine: every row of every table that
/// belongs to the hub, or nothing.
///
/// The one is read in one state, the other is written by one transaction, in which all rows are read back and compared
/// before it is committed. So a copy that was killed or refused leaves an empty database with the hub's tables.
package enum DatabaseCopy {
    /// Told as rows are written: the table, and how many of its rows are there. Called on the writer's thread.
    package typealias Progress = @Sendable (_ table: String, _ rows: Int) -> Void

    package struct Report: Sendable {
        /// How many rows each table has, by name.
        package let tables: [(name: String, rows: Int)]
        package var rows: Int { tables.reduce(0) { $0 + $1.rows } }
    }

    /// Copies `from.database` to `to.database`, which no hub may be serving, and gives the copy a new epoch.
    ///
    /// Both are held until it is done, so that what was written meanwhile cannot be missed. Throws a
    /// `ConfigurationError` with what to do, a `MigrationError` when the source is newer than this program.
    package static func run(
        from: HubConfiguration, to: HubConfiguration, logger: Logger, progress: @escaping Progress
    ) async throws -> Report {
        try requireTwo(from.place, to.place)
        guard HubDatabase.isThere(from) else { throw ConfigurationError("\(from.databaseName) does not exist.") }
        let source = try await hold(from, logger)
        defer { try? source.close() }
        let tables = try await HubDatabase.told(from) { try await shapes(source, from) }
        let target = try await hold(to, logger)
        defer { try? target.close() }
        let targets = try await HubDatabase.told(to) {
            try await target.database.read { try requireEmpty($0, to.place) }
            _ = try await Migrator(directory: to.engineMigrations()).migrate(target.database)
            return try await shapes(target, to)
        }
        let matching = try tables.map { try $0.matching(targets) }
        let counts = try await stream(from, source, tables, to, target, matching, progress)
        return Report(tables: zip(tables, counts).map { ($0.name, $1) }.sorted { $0.0 < $1.0 })
    }

    /// Reads and writes at the same time, each on a thread of its database.
    private static func stream(
        _ from: HubConfiguration, _ source: HubDatabase, _ tables: [TableShape], _ to: HubConfiguration,
        _ target: HubDatabase, _ targets: [TableShape], _ progress: @escaping Progress
    ) async throws -> [Int] {
        let queue = PageQueue()
        /// Whoever fails tells the other side, whatever it is doing.
        @Sendable func side<Value>(
            _ configuration: HubConfiguration, _ work: () async throws -> Value
        ) async throws -> Value {
            do {
                return try await HubDatabase.told(configuration, work)
            } catch {
                queue.fail(error)
                throw error
            }
        }
        async let reading: Void = side(from) {
            try await source.database.read { connection in
                let reader = CopyReader(connection: connection, place: from.place, tables: tables, queue: queue)
                try reader.run()
            }
        }
        async let writing = side(to) {
            try await target.database.write { connection in
                let writer = CopyWriter(
                    connection: connection, place: to.place, tables: targets, queue: queue, progress: progress)
                return try writer.run()
            }
        }
        let counts = try await writing
        try await reading
        return counts
    }
}

// MARK: - What is refused

extension DatabaseCopy {
    private static func requireTwo(_ from: DatabasePlace, _ to: DatabasePlace) throws {
        var isOne = from == to
        if case (.file(let from), .file(let to)) = (from, to) {
            isOne = DatabaseName(from).owns(to) || DatabaseName(to).owns(from)
        }
        guard !isOne else { throw ConfigurationError("\(to.name) is \(from.name) itself, or belongs to it.") }
    }

    private static func hold(_ configuration: HubConfiguration, _ logger: Logger) async throws -> HubDatabase {
        do {
            return try await HubDatabase.told(configuration) { try await HubDatabase.hold(configuration, logger) }
        } catch let inUse as HubDatabase.InUse {
            throw ConfigurationError(
                "A hub serves \(inUse.name), or another command holds it: stop it first, so that nothing is written "
                    + "meanwhile that is not in the copy."
            )
        }
    }

    /// The tables of a database that has the newest schema.
    private static func shapes(_ hub: HubDatabase, _ configuration: HubConfiguration) async throws -> [TableShape] {
        let (place, migrator) = (configuration.place, try Migrator(directory: configuration.engineMigrations()))
        return try await hub.database.read { connection in
            let state = try migrator.state(in: connection)
            guard !state.applied.isEmpty else { throw ConfigurationError("\(place.name) is no hub's database.") }
            guard state.pending.isEmpty else {
                throw ConfigurationError(
                    "\(place.name) lacks \(state.pending.joined(separator: ", ")): bring it up to date first, by "
                        + "`amphi migrate` with AMPHI_DATABASE set to it."
                )
            }
            return try TableShape.all(in: connection, of: place)
        }
    }

    /// Of the hub's tables only `hub` may hold something: facts that a start writes by itself.
    static func requireEmpty(_ connection: any SQLConnection, _ place: DatabasePlace) throws {
        for table in JournalScope.tables.keys.sorted() where table != "hub" {
            guard try connection.hasTable(table), try connection.first("SELECT 1 AS found FROM \(table) LIMIT 1") != nil
            else { continue }
            throw ConfigurationError(
                "\(place.name) is not empty (\(table) has rows): name a new file, or a new database of the server."
            )
        }
    }
}
