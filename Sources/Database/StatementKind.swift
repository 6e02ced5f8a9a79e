/// What a statement does to the transaction, told from its first word.
package enum StatementKind: Sendable {
    case begin
    case commit
    case rollback
    /// SAVEPOINT, RELEASE, ROLLBACK TO.
    case savepoint
    case ordinary

    package init(_ sql: some StringProtocol) {
        let words = Self.words(sql.utf8, atMost: 3)
        switch words.first {
        case "BEGIN": self = .begin
        case "COMMIT", "END": self = .commit
        case "ROLLBACK": self = words.contains("TO") ? .savepoint : .rollback
        case "SAVEPOINT", "RELEASE": self = .savepoint
        default: self = .ordinary
        }
    }

    /// The first words in upper case, without white space and comments.
    private static func words(_ sql: some Collection<UInt8>, atMost limit: Int) -> [String] {
        var words: [String] = []
        var rest = sql[...]
        while words.count < limit, let byte = rest.first {
            if rest.starts(with: "--".utf8) {
                rest = rest.drop { $0 != UInt8(ascii: "\n") }
            } else if rest.starts(with: "/*".utf8) {
                rest = afterComment(rest.dropFirst(2))
            } else if isLetter(byte) {
                words.append(String(decoding: rest.prefix(while: isLetter).map { $0 & 0xdf }, as: UTF8.self))
                rest = rest.drop(while: isLetter)
            } else if words.isEmpty || isSpace(byte) {
                rest = rest.dropFirst()
            } else {
                break
            }
        }
        return words
    }

    private static func afterComment<Bytes: Collection<UInt8>>(_ text: Bytes) -> Bytes
    where Bytes.SubSequence == Bytes {
        var rest = text
        while !rest.isEmpty, !rest.starts(with: "*/".utf8) { rest = rest.dropFirst() }
        return rest.dropFirst(2)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte & 0xdf)
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0d).contains(byte)
    }
}
