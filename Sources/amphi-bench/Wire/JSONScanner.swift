/// Pulls members and values out of JSON text one by one, without building a tree.
///
/// It is strict about the structure (commas, colons, quotes, nesting) and shares no code with the hub that it checks.
struct JSONScanner {
    struct Malformed: Error, Equatable { let offset: Int }

    private static let deepest = 32

    private let bytes: [UInt8]
    private var index = 0
    private var isAfterValue = false
    private var depth = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Enters an object; then call `nextMember` until it returns nil.
    mutating func beginObject() throws(Malformed) { try begin(0x7B) }

    /// The name of the next member, with the scanner before its value, or nil after the end of the object.
    mutating func nextMember() throws(Malformed) -> String? {
        guard try hasNext(before: 0x7D) else { return nil }
        let name = try string()
        skipWhitespace()
        guard index < bytes.count, bytes[index] == 0x3A else { throw Malformed(offset: index) }
        index += 1
        return String(decoding: bytes[name], as: UTF8.self)
    }

    /// Enters an array; then call `nextElement` until it returns false.
    mutating func beginArray() throws(Malformed) { try begin(0x5B) }

    mutating func nextElement() throws(Malformed) -> Bool { try hasNext(before: 0x5D) }

    /// The text between the quotes, escapes left as they are.
    mutating func string() throws(Malformed) -> Range<Int> {
        skipWhitespace()
        guard index < bytes.count, bytes[index] == 0x22 else { throw Malformed(offset: index) }
        let start = index + 1
        var end = start
        while end < bytes.count, bytes[end] != 0x22 {
            guard bytes[end] >= 0x20 else { throw Malformed(offset: end) }
            end += bytes[end] == 0x5C ? 2 : 1
        }
        guard end < bytes.count else { throw Malformed(offset: bytes.count) }
        index = end + 1
        isAfterValue = true
        return start..<end
    }

    mutating func text() throws(Malformed) -> String {
        String(decoding: bytes[try string()], as: UTF8.self)
    }

    mutating func integer() throws(Malformed) -> Int64 {
        skipWhitespace()
        let start = index
        while index < bytes.count, bytes[index] == 0x2D || (0x30...0x39).contains(bytes[index]) { index += 1 }
        guard let value = Int64(String(decoding: bytes[start..<index], as: UTF8.self)) else {
            throw Malformed(offset: start)
        }
        isAfterValue = true
        return value
    }

    mutating func boolean() throws(Malformed) -> Bool {
        let start = index
        switch try literal() {
        case "true": return true
        case "false": return false
        default: throw Malformed(offset: start)
        }
    }

    /// Whether the next value is `null`; if so it is consumed.
    mutating func skipNull() throws(Malformed) -> Bool {
        skipWhitespace()
        guard index < bytes.count, bytes[index] == 0x6E else { return false }
        guard try literal() == "null" else { throw Malformed(offset: index) }
        return true
    }

    mutating func skipValue() throws(Malformed) {
        skipWhitespace()
        guard index < bytes.count else { throw Malformed(offset: index) }
        switch bytes[index] {
        case 0x22: _ = try string()
        case 0x7B:
            try beginObject()
            while try nextMember() != nil { try skipValue() }
        case 0x5B:
            try beginArray()
            while try nextElement() { try skipValue() }
        default: _ = try literal()
        }
    }

    /// Nothing but white space may follow.
    mutating func end() throws(Malformed) {
        skipWhitespace()
        guard index == bytes.count else { throw Malformed(offset: index) }
    }

    private mutating func begin(_ opening: UInt8) throws(Malformed) {
        skipWhitespace()
        guard index < bytes.count, bytes[index] == opening, depth < Self.deepest else {
            throw Malformed(offset: index)
        }
        index += 1
        depth += 1
        isAfterValue = false
    }

    private mutating func hasNext(before closing: UInt8) throws(Malformed) -> Bool {
        skipWhitespace()
        guard index < bytes.count else { throw Malformed(offset: index) }
        if bytes[index] == closing {
            index += 1
            depth -= 1
            isAfterValue = true
            return false
        }
        if isAfterValue {
            guard bytes[index] == 0x2C else { throw Malformed(offset: index) }
            index += 1
            isAfterValue = false
        }
        return true
    }

    /// A number, `true`, `false` or `null`.
    private mutating func literal() throws(Malformed) -> String {
        skipWhitespace()
        let start = index
        while index < bytes.count, Self.isLiteral(bytes[index]) { index += 1 }
        let word = String(decoding: bytes[start..<index], as: UTF8.self)
        guard word == "true" || word == "false" || word == "null" || Double(word) != nil else {
            throw Malformed(offset: start)
        }
        isAfterValue = true
        return word
    }

    private static func isLiteral(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x61...0x7A, 0x2B, 0x2D, 0x2E, 0x45: true
        default: false
        }
    }

    private mutating func skipWhitespace() {
        while index < bytes.count, bytes[index] == 0x20 || (0x09...0x0D).contains(bytes[index]) { index += 1 }
    }
}
