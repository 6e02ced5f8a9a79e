import SessionHub
import SystemPackage

/// The file `.env`: `NAME=value` or `export NAME=value` a line, blank lines, and comments that begin with `#`.
enum EnvironmentFile {
    private static let mostBytes = 1 << 20

    /// The values by their names; none without the file. An error does not repeat what a line holds, because it may be
    /// a secret.
    static func read(_ path: String) throws(ConfigurationError) -> [String: String] {
        guard let bytes = try WholeFile.read(path, most: mostBytes, unlessMissing: true) else { return [:] }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ConfigurationError("\(path) is not UTF-8: save it as UTF-8.")
        }
        return try values(in: text, of: path)
    }

    static func values(in text: String, of path: String) throws(ConfigurationError) -> [String: String] {
        guard !text.utf8.contains(13) else {
            throw ConfigurationError("\(path) has Windows line ends (CRLF): save it with LF.")
        }
        var values: [String: String] = [:]
        // Editors put a byte order mark at the start.
        let text = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = trimmed(line)
            guard let first = line.first, first != "#" else { continue }
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            var name = trimmed(parts[0])
            // A shell that reads the file needs `export` before a name.
            if name.hasPrefix("export"), name.dropFirst(6).first?.isWhitespace == true {
                name = trimmed(name.dropFirst(6))
            }
            guard parts.count == 2, !name.isEmpty else {
                throw ConfigurationError("\(path) line \(index + 1) is not NAME=value.")
            }
            values[String(name)] = String(trimmed(parts[1]))
        }
        return values
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let start = text.drop(while: \.isWhitespace)
        return start.lastIndex { !$0.isWhitespace }.map { start[...$0] } ?? ""
    }
}

/// A file that a command reads as a whole.
enum WholeFile {
    /// Throws a sentence for one that cannot be read.
    static func read(_ path: String) throws(ConfigurationError) -> [UInt8] {
        try read(path, most: .max, unlessMissing: false) ?? []
    }

    /// - Parameters:
    ///   - most: the most bytes; a larger file is refused, and not read to its end.
    ///   - unlessMissing: nil is returned for a file that is not there.
    static func read(
        _ path: String, most: Int, unlessMissing: Bool = false
    ) throws(ConfigurationError) -> [UInt8]? {
        var bytes: [UInt8] = []
        do {
            let file = try FileDescriptor.open(FilePath(path), .readOnly)
            try file.closeAfter {
                var buffer = [UInt8](repeating: 0, count: 1 << 16)
                while bytes.count <= most {
                    let count = try buffer.withUnsafeMutableBytes { try file.read(into: $0) }
                    guard count > 0 else { return }
                    bytes += buffer[..<count]
                }
            }
        } catch Errno.noSuchFileOrDirectory where unlessMissing {
            return nil
        } catch {
            throw ConfigurationError("\(path) cannot be read: \(error).")
        }
        guard bytes.count <= most else {
            throw ConfigurationError("\(path) is larger than \(most >> 20) MiB, and is not taken.")
        }
        return bytes
    }
}
