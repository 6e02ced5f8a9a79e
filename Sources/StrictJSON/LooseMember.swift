/// Finds one number in a document that the strict parser has refused, so that the refusal can say what it answers.
///
/// Looks only at the shape: strings are skipped without reading them, so half a surrogate pair, a name that stands
/// twice, deep nesting or garbage behind the object do not matter. Nothing else may be taken from such a document.
struct LooseMember {
    private let bytes: [UInt8]
    private let name: [UInt8]
    private var index = 0
    private var depth = 0
    /// Inside the outermost object, where a string would be a member's name.
    private var isNameNext = false
    private var isSeen = false
    private var found: Int64?

    private init(_ bytes: [UInt8], name: String) {
        self.bytes = bytes
        self.name = Array(name.utf8)
    }

    /// The whole number called `name` in the outermost object; nil when there is none, or more than one.
    static func integer(_ name: String, in bytes: [UInt8]) -> Int64? {
        var scan = LooseMember(bytes, name: name)
        return scan.isUnambiguous() ? scan.found : nil
    }

    private mutating func isUnambiguous() -> Bool {
        skipSpace()
        guard index < bytes.count, bytes[index] == UInt8(ascii: "{") else { return false }
        repeat {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                guard takeString() else { return false }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
            isNameNext = depth == 1 && (bytes[index] == UInt8(ascii: "{") || bytes[index] == UInt8(ascii: ","))
            index += 1
            skipSpace()
        } while depth > 0 && index < bytes.count
        return true
    }

    /// Answers false when the member that is looked for stands there again.
    private mutating func takeString() -> Bool {
        let text = skipString()
        let isName = isNameNext && text.elementsEqual(name)
        isNameNext = false
        skipSpace()
        guard isName, index < bytes.count, bytes[index] == UInt8(ascii: ":") else { return true }
        guard !isSeen else { return false }
        isSeen = true
        index += 1
        skipSpace()
        found = number()
        return true
    }

    private mutating func skipString() -> ArraySlice<UInt8> {
        let start = index + 1
        index = start
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        let end = min(index, bytes.count)
        index = min(end + 1, bytes.count)
        return bytes[start..<max(start, end)]
    }

    /// Digits up to the end of the member: a number that is cut off, or has a fraction, is none.
    private mutating func number() -> Int64? {
        let start = index
        while index < bytes.count, UInt8(ascii: "0")...UInt8(ascii: "9") ~= bytes[index] { index += 1 }
        let digits = String(decoding: bytes[start..<index], as: UTF8.self)
        skipSpace()
        guard index < bytes.count, [UInt8(ascii: ","), UInt8(ascii: "}")].contains(bytes[index]) else { return nil }
        return digits.hasPrefix("0") && digits.utf8.count > 1 ? nil : Int64(digits)
    }

    private mutating func skipSpace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x0A, 0x0D, 0x09: index += 1
            default: return
            }
        }
    }
}
