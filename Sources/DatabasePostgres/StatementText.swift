#if PostgreSQL
import Database

/// What a statement's text says before the server is asked: its parameters, and where it ends.
///
/// PostgreSQL's own lexical rules (https://www.postgresql.org/docs/current/sql-syntax-lexical.html), as far as they
/// decide what is a `$1` and what a `;`.
struct StatementText {
    /// The statements of the text, without the semicolons; empty ones are left out.
    private(set) var statements: [Substring] = []
    /// The numbers of the parameters.
    private(set) var parameters: Set<Int> = []

    init(_ sql: String) {
        let bytes = Array(sql.utf8)
        var start = 0
        var index = 0
        var isEmpty = true
        func end(at end: Int) {
            if !isEmpty {
                let first = sql.utf8.index(sql.startIndex, offsetBy: start)
                statements.append(sql[first..<sql.utf8.index(first, offsetBy: end - start)])
            }
            start = end + 1
            isEmpty = true
        }
        while index < bytes.count {
            if let after = Self.afterComment(bytes, index) {
                index = after
            } else if bytes[index] == UInt8(ascii: ";") {
                end(at: index)
                index += 1
            } else {
                isEmpty = isEmpty && bytes[index] <= UInt8(ascii: " ")
                index = afterToken(bytes, index)
            }
        }
        end(at: bytes.count)
    }

    /// - Throws: `misuse` when the text is not one statement that takes so many parameters.
    func check(_ count: Int, _ sql: String) throws(SQLError) {
        if statements.count > 1 { throw SQLError(.misuse, "more than one statement", sql: sql) }
        let expected = parameters.max() ?? 0
        guard expected == count else {
            throw SQLError(.misuse, "the statement takes \(expected) parameters, not \(count)", sql: sql)
        }
        guard parameters.count == expected, !parameters.contains(0) else {
            throw SQLError(.misuse, "of the parameters $1 to $\(expected) one is not used", sql: sql)
        }
        guard case .ordinary = StatementKind(sql) else {
            throw SQLError(.misuse, "transactions begin and end by begin, commit, rollBack and savepoint", sql: sql)
        }
    }

    private mutating func afterToken(_ bytes: [UInt8], _ index: Int) -> Int {
        switch bytes[index] {
        case UInt8(ascii: "'"): return Self.afterQuote(bytes, index, escapes: false)
        case UInt8(ascii: "\""): return Self.afterQuote(bytes, index, escapes: false)
        case UInt8(ascii: "$"):
            let digits = bytes[(index + 1)...].prefix { Self.isDigit($0) }
            guard digits.isEmpty else {
                parameters.insert(Int(String(decoding: digits, as: UTF8.self)) ?? 0)
                return digits.endIndex
            }
            return Self.afterDollarQuote(bytes, index)
        case let byte where Self.isWord(byte):
            let end = bytes[index...].prefix { Self.isWord($0) || Self.isDigit($0) || $0 == UInt8(ascii: "$") }.endIndex
            let isEscaped = end == index + 1 && byte | 0x20 == UInt8(ascii: "e")
            guard isEscaped, end < bytes.count, bytes[end] == UInt8(ascii: "'") else { return end }
            return Self.afterQuote(bytes, end, escapes: true)
        default: return index + 1
        }
    }

    /// A doubled quote inside is two tokens here, which ends at the same place.
    private static func afterQuote(_ bytes: [UInt8], _ index: Int, escapes: Bool) -> Int {
        var next = index + 1
        while next < bytes.count, bytes[next] != bytes[index] {
            next += escapes && bytes[next] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(next + 1, bytes.count)
    }

    /// `$tag$ ... $tag$`.
    private static func afterDollarQuote(_ bytes: [UInt8], _ index: Int) -> Int {
        let tag = bytes[(index + 1)...].prefix { isWord($0) || isDigit($0) }
        guard tag.endIndex < bytes.count, bytes[tag.endIndex] == UInt8(ascii: "$") else { return index + 1 }
        let mark = bytes[index...tag.endIndex]
        var next = tag.endIndex + 1
        while next < bytes.count, !bytes[next...].starts(with: mark) { next += 1 }
        return min(next + mark.count, bytes.count)
    }

    /// Comments of C's kind nest.
    private static func afterComment(_ bytes: [UInt8], _ index: Int) -> Int? {
        let rest = bytes[index...]
        if rest.starts(with: "--".utf8) { return rest.firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count }
        guard rest.starts(with: "/*".utf8) else { return nil }
        var depth = 0
        var next = index
        while next < bytes.count {
            if bytes[next...].starts(with: "/*".utf8) {
                depth += 1
                next += 2
            } else if bytes[next...].starts(with: "*/".utf8) {
                depth -= 1
                next += 2
                if depth == 0 { return next }
            } else {
                next += 1
            }
        }
        return bytes.count
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isWord(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_") || byte >= 0x80
    }
}
#endif
