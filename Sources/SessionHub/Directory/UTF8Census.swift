/// Counts what is UTF-8 in some bytes: the characters of several bytes, and the stray bytes that belong to no
/// character. ASCII is not counted, because nearly every encoding has it.
struct UTF8Census {
    /// A byte that is no part of UTF-8, for a refusal.
    struct Fault: Error, Equatable {
        /// Both are counted from 1, the byte within its line.
        let line, byte: Int
        let value: UInt8

        /// `Line 3, byte 17 (E9)`.
        var place: Localized {
            let hex = String(value, radix: 16, uppercase: true)
            return Localized(en: "Line \(line), byte \(byte) (\(hex))", fr: "Ligne \(line), octet \(byte) (\(hex))")
        }
    }

    private(set) var characters = 0
    private(set) var strays = 0
    /// The index of the first stray byte.
    private(set) var firstStray: Int?

    init(_ bytes: ArraySlice<UInt8>) {
        var index = bytes.startIndex
        while index < bytes.endIndex {
            if bytes[index] < 0x80 {
                index += 1
            } else if let length = Self.length(bytes[index...]) {
                characters += 1
                index += length
            } else {
                firstStray = firstStray ?? index
                strays += 1
                index += 1
            }
        }
    }

    /// Whether this is UTF-8 with an error, and no other encoding: in others hardly any two letters look like a
    /// character of UTF-8.
    var isBrokenUTF8: Bool { strays > 0 && characters > strays }

    /// The length of the character of several bytes with which `bytes` begin (RFC 3629, section 4), or nil.
    private static func length(_ bytes: ArraySlice<UInt8>) -> Int? {
        let rest = bytes.prefix(4)
        guard let first = rest.first, let second = rest.dropFirst().first else { return nil }
        let (length, seconds): (Int, ClosedRange<UInt8>)
        switch first {
        case 0xC2...0xDF: (length, seconds) = (2, 0x80...0xBF)
        case 0xE0: (length, seconds) = (3, 0xA0...0xBF)
        case 0xED: (length, seconds) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, seconds) = (3, 0x80...0xBF)
        case 0xF0: (length, seconds) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, seconds) = (4, 0x80...0xBF)
        case 0xF4: (length, seconds) = (4, 0x80...0x8F)
        default: return nil
        }
        guard seconds.contains(second), rest.count >= length,
            rest.prefix(length).dropFirst(2).allSatisfy({ (0x80...0xBF).contains($0) })
        else { return nil }
        return length
    }

    /// A line of a document, and the index at which it begins.
    struct Line {
        var number = 1
        var start = 0
    }

    /// The place of an index in its document. A line ends with LF, CRLF or CR.
    ///
    /// - Parameters:
    ///   - begin: an earlier index, from which on lines are counted.
    ///   - first: the line in which `begin` stands.
    static func fault(at index: Int, in bytes: [UInt8], from begin: Int = 0, of first: Line = Line()) -> Fault {
        var (line, start) = (first.number, first.start)
        for at in begin..<index {
            let byte = bytes[at]
            let isPair = byte == 0x0D && at + 1 < bytes.count && bytes[at + 1] == 0x0A
            if byte == 0x0A || byte == 0x0D && !isPair { (line, start) = (line + 1, at + 1) }
        }
        return Fault(line: line, byte: index - start + 1, value: bytes[index])
    }
}
