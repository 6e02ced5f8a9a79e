/// The one pass over a document: recursive descent, bounded by `maxDepth`.
///
/// An error is thrown where it is found and gathers its path on the way out, so that a good document pays nothing for
/// it.
struct JSONParser {
    let bytes: [UInt8]
    var index = 0
    private let maxDepth: Int

    init(_ bytes: [UInt8], maxDepth: Int) {
        self.bytes = bytes
        self.maxDepth = maxDepth
    }

    mutating func document() throws(JSONError) -> JSON {
        skipSpace()
        let value = try value(depth: 0)
        skipSpace()
        guard index == bytes.count else { throw failure(.syntax) }
        return value
    }

    /// The byte at `index`; 0, which no grammar rule takes, at the end.
    var current: UInt8 { index < bytes.count ? bytes[index] : 0 }

    func failure(_ kind: JSONError.Kind, at offset: Int? = nil) -> JSONError {
        JSONError(kind: kind, offset: offset ?? index)
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        index += 1
        return true
    }

    private mutating func skipSpace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x0A, 0x0D, 0x09: index += 1
            default: return
            }
        }
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSON {
        switch current {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"): return .object(try object(depth: depth + 1))
        case UInt8(ascii: "["): return .array(try array(depth: depth + 1))
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: throw failure(.syntax)
        }
    }

    private mutating func word(_ text: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        let expected = text.description.utf8
        guard bytes[index...].starts(with: expected) else { throw failure(.syntax) }
        index += expected.count
        return value
    }

    private mutating func array(depth: Int) throws(JSONError) -> [JSON] {
        guard depth <= maxDepth else { throw failure(.tooDeep) }
        index += 1
        skipSpace()
        var elements: [JSON] = []
        if take(UInt8(ascii: "]")) { return elements }
        while true {
            do throws(JSONError) {
                elements.append(try value(depth: depth))
            } catch {
                throw error.inside(element: elements.count)
            }
            skipSpace()
            if take(UInt8(ascii: "]")) { return elements }
            guard take(UInt8(ascii: ",")) else { throw failure(.syntax) }
            skipSpace()
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONObject {
        guard depth <= maxDepth else { throw failure(.tooDeep) }
        index += 1
        skipSpace()
        var object = JSONObject()
        if take(UInt8(ascii: "}")) { return object }
        while true {
            try member(into: &object, depth: depth)
            skipSpace()
            if take(UInt8(ascii: "}")) { return object }
            guard take(UInt8(ascii: ",")) else { throw failure(.syntax) }
            skipSpace()
        }
    }

    private mutating func member(into object: inout JSONObject, depth: Int) throws(JSONError) {
        let start = index
        guard current == UInt8(ascii: "\"") else { throw failure(.syntax) }
        let name = try string()
        skipSpace()
        guard take(UInt8(ascii: ":")) else { throw failure(.syntax) }
        skipSpace()
        do throws(JSONError) {
            let value = try value(depth: depth)
            guard object.insert(name, value) else { throw failure(.duplicateMember, at: start) }
        } catch {
            throw error.inside(member: name)
        }
    }
}
