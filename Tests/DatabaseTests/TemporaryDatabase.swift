import Foundation
import Logging
import Synchronization

@testable import Database

/// A folder of its own that is gone after the test.
func withTemporaryDirectory<T>(_ body: (String) async throws -> T) async throws -> T {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("amphi-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: url) }
    return try await body(url.path)
}

/// An open file database in a folder of its own, closed and gone after the test.
func withDatabase<T>(
    readers: Int = 2, _ schema: String..., body: (SQLiteDatabase) async throws -> T
) async throws -> T {
    try await withTemporaryDirectory { directory in
        let database = try SQLiteDatabase.make(in: directory, readers: readers)
        try await database.write { connection in
            for statement in schema { try connection.execute(statement) }
        }
        do {
            let result = try await body(database)
            try database.close()
            return result
        } catch {
            try? database.close()
            throw error
        }
    }
}

extension SQLiteDatabase {
    static func make(in directory: String, name: String = "test.db", readers: Int = 2) throws(SQLError)
        -> SQLiteDatabase
    {
        try SQLiteDatabase(path: directory + "/" + name, readers: readers, logger: Logger(label: "test"))
    }

    /// `withWriter`, awaited.
    func onWriter<T: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            withWriter { connection in continuation.resume(with: Result { try body(connection) }) }
        }
    }

    /// One value of the first row, from a reader.
    func value(_ sql: String, _ parameters: [SQLValue] = []) async throws -> SQLValue? {
        try await read { connection in try connection.first(sql, parameters)?.values.first }
    }

    /// The first column of all rows, from a reader.
    func column(_ sql: String) async throws -> [SQLValue] {
        try await read { connection in try connection.query(sql).map { $0.values[0] } }
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
