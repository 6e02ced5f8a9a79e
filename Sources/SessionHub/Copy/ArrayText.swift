import Database
import Tokens

/// The text of a PostgreSQL array (https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO) with the values of
/// one column.
struct ArrayText {
    private let type: String
    private var bytes: [UInt8] = [UInt8(ascii: "{")]

    /// - Parameter type: the column's, as `format_type` has it.
    init(type: String) { self.type = type }

    var text: String { String(decoding: bytes, as: UTF8.self) + "}" }

    /// - Returns: why the server could not store the value, as the end of a sentence; nil when it was taken.
    mutating func append(_ value: SQLValue) -> String? {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        switch (value, type) {
        case (.null, _): bytes += "NULL".utf8
        case (.integer(let number), "bigint"), (.integer(let number), "double precision"): bytes += "\(number)".utf8
        case (.real(let number), "double precision"): bytes += "\(number)".utf8
        case (.text(let text), "text"):
            if text.utf8.contains(0) { return "the text has U+0000, which PostgreSQL cannot store" }
            quote(text)
        // Hexadecimal (https://www.postgresql.org/docs/current/datatype-binary.html).
        case (.blob(let blob), "bytea"): quote("\\x" + Hex.encode(blob))
        default: return "the value has another type than the column (\(type))"
        }
        return nil
    }

    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
