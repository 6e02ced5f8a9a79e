extension JSONParser {
    /// A string, from its opening quote to behind its closing one.
    mutating func string() throws(JSONError) -> String {
        let start = index
        index += 1
        skipRun()
        if current == UInt8(ascii: "\"") {
            let run = bytes[start + 1..<index]
            index += 1
            return try text(run, startingAt: start)
        }
        return try escapedString(startingAt: start)
    }

    /// Goes on where the first run of plain bytes ended: at an escape, or at something that no string holds.
    private mutating func escapedString(startingAt start: Int) throws(JSONError) -> String {
        var content = Array(bytes[start + 1..<index])
        while true {
            switch current {
            case UInt8(ascii: "\""):
                index += 1
                return try text(content[...], startingAt: start)
            case UInt8(ascii: "\\"):
                index += 1
                try escape(into: &content)
            default:
                throw failure(.syntax)
            }
            let run = index
            skipRun()
            content.append(contentsOf: bytes[run..<index])
        }
    }

    /// Stops at a quote, a backslash, a control character or the end.
    private mutating func skipRun() {
        var index = index
        while index < bytes.count {
            let byte = bytes[index]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { break }
            index += 1
        }
        self.index = index
    }

    private func text(_ content: ArraySlice<UInt8>, startingAt start: Int) throws(JSONError) -> String {
        guard let text = String(validating: content, as: UTF8.self) else { throw failure(.invalidUTF8, at: start) }
        return text
    }

    private mutating func escape(into content: inout [UInt8]) throws(JSONError) {
        switch current {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(current)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "u"):
            index += 1
            content.append(contentsOf: String(Character(try escapedScalar())).utf8)
            return
        default:
            throw failure(.syntax)
        }
        index += 1
    }

    /// The four digits behind `\u`, and the second half of a surrogate pair.
    private mutating func escapedScalar() throws(JSONError) -> Unicode.Scalar {
        let start = index - 2
        let first = try fourHexDigits()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
            throw failure(.syntax, at: start)
        }
        let second = try fourHexDigits()
        guard 0xDC00...0xDFFF ~= second,
            let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
        else { throw failure(.syntax, at: start) }
        return scalar
    }

    private mutating func fourHexDigits() throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            let digit: UInt8
            switch current {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = current - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = current - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = current - UInt8(ascii: "A") + 10
            default: throw failure(.syntax)
            }
            value = value << 4 | UInt32(digit)
            index += 1
        }
        return value
    }
}
