import Foundation

/// The files of one database, as the file system has them.
package struct DatabaseFile: Sendable {
    package let path: String

    package init(path: String) { self.path = path }

    /// The database alone.
    package var bytes: Int64 { Self.size(path) }
    /// Its write-ahead log; 0 when there is none.
    package var walBytes: Int64 { Self.size(path + "-wal") }

    private static func size(_ path: String) -> Int64 {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return attributes?[.size] as? Int64 ?? 0
    }
}
