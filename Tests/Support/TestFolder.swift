import Foundation
import Synchronization

/// A temporary folder that goes with its owner.
package final class TestFolder: Sendable {
    package let path: String
    private let ends = Mutex<[@Sendable () -> Void]>([])

    package init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "amphi-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
        for end in ends.withLock({ $0 }) { end() }
    }

    /// Runs `end` when the folder goes, for what belongs to it and lies elsewhere.
    package func whenGone(_ end: @escaping @Sendable () -> Void) { ends.withLock { $0.append(end) } }

    package func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file and returns its path.
    @discardableResult
    package func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: file(name)))
        return file(name)
    }

    /// Every byte of the files whose name starts with this.
    package func bytes(ofFilesNamed prefix: String) throws -> [UInt8] {
        try FileManager.default.contentsOfDirectory(atPath: path)
            // A socket has a name and nothing to read.
            .filter { $0.hasPrefix(prefix) && !$0.hasSuffix(".sock") }.sorted()
            .flatMap { try [UInt8](Data(contentsOf: URL(fileURLWithPath: file($0)))) }
    }
}

/// The folders of the package that the tests run in.
package enum PackageFolder {
    package static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
    package static var migrations: String { "\(root)/migrations" }
    package static var pages: String { "\(root)/public" }
}
