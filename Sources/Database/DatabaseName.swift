import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file by whatever name it is called: relative, through a symbolic link, or another hard link.
package struct DatabaseName: Sendable {
    /// Absolute, without symbolic links, as SQLite itself names the file and the log beside it.
    package let path: String

    /// The file need not be there, nor its folder.
    package init(_ name: String) { path = Self.real(name) }

    private static func real(_ name: String) -> String {
        if let resolved = resolve(name) { return resolved }
        // A link that leads to what is not there yet: SQLite would make the file at its end.
        if let target = try? FileManager.default.destinationOfSymbolicLink(atPath: name) {
            let folder = (name as NSString).deletingLastPathComponent
            return real(target.hasPrefix("/") ? target : (folder as NSString).appendingPathComponent(target))
        }
        let absolute = URL(fileURLWithPath: name).standardizedFileURL.path
        let (folder, last) = (
            (absolute as NSString).deletingLastPathComponent, (absolute as NSString).lastPathComponent
        )
        guard absolute != "/", folder != absolute else { return absolute }
        return (real(folder) as NSString).appendingPathComponent(last)
    }

    private static func resolve(_ name: String) -> String? {
        guard let pointer = unsafe realpath(name, nil) else { return nil }
        defer { unsafe free(pointer) }
        return unsafe String(cString: pointer)
    }

    /// How many names the file has; 0 when it is not there.
    package var links: Int { Self.status(path).map { Int($0.st_nlink) } ?? 0 }

    package var isFolder: Bool { Self.status(path).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false }

    /// Everything that belongs to a database of this name, or is made beside it: nothing else may be written there.
    private var own: [String] {
        [
            "", "-wal", "-shm", "-journal", ".lock", ".sock", ".restore", ".restore-wal", ".restore-shm",
            ".restore-journal",
            ".restore.partial", ".restore.partial-wal", ".restore.partial-shm", ".restore.partial-journal",
        ].map { path + $0 }
    }

    /// Whether the other name means this database or a part of it.
    package func owns(_ other: String) -> Bool {
        let name = DatabaseName(other)
        if own.contains(name.path) { return true }
        guard let status = Self.status(name.path) else { return false }
        return own.contains { part in
            Self.status(part).map { $0.st_dev == status.st_dev && $0.st_ino == status.st_ino } ?? false
        }
    }

    private static func status(_ path: String) -> stat? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? status : nil
    }
}
