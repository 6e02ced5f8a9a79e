extension SQLValue {
    /// Many values as one text that PostgreSQL reads as a list: `{1,NULL,"a \"b\""}`, to be cast in the statement
    /// (`$1::bigint[]`). So one statement takes as many rows as there are, however many.
    ///
    /// Only for a connection that `isRemote`; SQLite has no lists.
    /// (https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO)
    package static func list(_ values: some Sequence<SQLValue>) -> SQLValue {
        var bytes = [UInt8(ascii: "{")]
        for value in values {
            if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
            switch value {
            case .null: bytes += "NULL".utf8
            case .integer(let number): bytes += String(number).utf8
            case .real(let number): bytes += (number.isNaN ? "NULL" : String(number)).utf8
            case .text(let text): quote(text.utf8, into: &bytes)
            // A bytea in its hex format.
            case .blob(let blob):
                let digits = Array("0123456789abcdef".utf8)
                quote("\\x".utf8 + blob.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, into: &bytes)
            }
        }
        bytes.append(UInt8(ascii: "}"))
        return .text(String(decoding: bytes, as: UTF8.self))
    }

    /// "Put a backslash before" double quotes and backslashes, inside of double quotes.
    private static func quote(_ text: some Sequence<UInt8>, into bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
