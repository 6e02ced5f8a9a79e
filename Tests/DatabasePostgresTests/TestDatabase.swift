#if PostgreSQL
import Database
import DatabasePostgres
import Foundation
import Logging
import PostgresSupport
import Synchronization

/// An open database of its own, closed and gone after the test.
func withPostgres<T>(
    readers: Int = 2, _ schema: String..., body: (PostgresDatabase) async throws -> T
) async throws -> T {
    try await TestPostgres.shared().withDatabase { url in
        let database = try PostgresDatabase.make(url, readers: readers)
        return try await closing(database) {
            try await database.write { connection in
                for statement in schema { try connection.execute(statement) }
            }
            return try await body(database)
        }
    }
}

/// Closes the database after `body`, also when that throws.
func closing<T>(_ databases: PostgresDatabase..., body: () async throws -> T) async throws -> T {
    let result: Result<T, any Error>
    do { result = .success(try await body()) } catch { result = .failure(error) }
    for database in databases { try database.close() }
    return try result.get()
}

/// The table by which nodes write.
let lanes = """
    CREATE TABLE hub_lanes (
        node TEXT NOT NULL, lane BIGINT NOT NULL, incarnation BIGINT NOT NULL, batch BIGINT NOT NULL,
        PRIMARY KEY (node, lane))
    """

extension PostgresDatabase {
    static func make(_ url: String, readers: Int = 2, safe: Bool = false) throws(SQLError) -> PostgresDatabase {
        try PostgresDatabase(
            url: url, readers: readers, application: "amphi/test", allowsUnsafeSettings: !safe,
            logger: Logger(label: "test"))
    }

    /// `withWriter`, awaited.
    func onWriter<T: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            withWriter { connection in continuation.resume(with: Result { try body(connection) }) }
        }
    }

    /// The only value of the first row, from a reader.
    func value(_ sql: String, _ parameters: [SQLValue] = []) async throws -> SQLValue? {
        let named = "SELECT v FROM (\(sql)) AS one (v)"
        return try await read { connection in try connection.first(named, parameters).map { $0["v"] } }
    }

    /// The only column of all rows, from a reader.
    func column(_ sql: String) async throws -> [SQLValue] {
        try await read { connection in
            try connection.query("SELECT v FROM (\(sql)) AS one (v)").map { $0["v"] }
        }
    }
}

/// What a closure on another thread has seen, in order.
final class Recorder<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])

    func append(_ element: Element) {
        elements.withLock { $0.append(element) }
    }

    var all: [Element] { elements.withLock { $0 } }
}

/// The `SQLError` that `body` throws.
func sqlError<T>(_ body: () async throws -> T) async -> SQLError? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? SQLError
    }
}

struct Refused: Error, Equatable {
    let reason: String
}
#endif
