import Database
import Tokens

/// How many rows a table has, and a digest of all their values in the order of the key: the same for the same rows on
/// every engine.
struct TableTally: Sendable, Equatable {
    private(set) var rows = 0
    private var digest: [UInt8] = []

    mutating func add(_ page: [SQLRow]) {
        rows += page.count
        var bytes = digest
        for row in page {
            for value in row.values { Self.append(value, to: &bytes) }
        }
        digest = SHA256.hash(bytes)
    }

    /// The kind, the length and the bytes, so that no two rows have the same form.
    private static func append(_ value: SQLValue, to bytes: inout [UInt8]) {
        func append(_ kind: Unicode.Scalar, _ number: UInt64) {
            bytes.append(UInt8(ascii: kind))
            withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
        }
        switch value {
        case .null: bytes.append(UInt8(ascii: "n"))
        case .integer(let number): append("i", UInt64(bitPattern: number))
        case .real(let number): append("r", number.bitPattern)
        case .text(let text):
            append("t", UInt64(text.utf8.count))
            bytes.append(contentsOf: text.utf8)
        case .blob(let blob):
            append("b", UInt64(blob.count))
            bytes.append(contentsOf: blob)
        }
    }
}
