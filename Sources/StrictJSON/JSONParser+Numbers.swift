extension JSONParser {
    /// `-`? digits without leading zeros, then perhaps a fraction and an exponent.
    mutating func number() throws(JSONError) -> JSON {
        let start = index
        let isNegative = take(UInt8(ascii: "-"))
        guard isDigit else { throw failure(.syntax) }
        let whole = try wholePart(isNegative: isNegative, startingAt: start)
        let isWhole = try !skipFractionAndExponent()
        if isWhole, !(isNegative && whole == 0) {
            guard let whole else { throw failure(.numberOutOfRange, at: start) }
            return .integer(whole)
        }
        // Minus zero is no integer: as one it would lose its sign.
        guard let value = Double(String(decoding: bytes[start..<index], as: UTF8.self)), value.isFinite else {
            throw failure(.numberOutOfRange, at: start)
        }
        return .number(value)
    }

    private var isDigit: Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= current }

    /// The digits before the point, or nil when they go beyond 64 bits, which is fine if a fraction or exponent
    /// follows. Counts downwards for negative numbers, because the least one has no positive counterpart.
    private mutating func wholePart(isNegative: Bool, startingAt start: Int) throws(JSONError) -> Int64? {
        if take(UInt8(ascii: "0")) {
            guard !isDigit else { throw failure(.syntax) }
            return 0
        }
        var value: Int64 = 0
        var fits = true
        while isDigit {
            let digit = Int64(current - UInt8(ascii: "0"))
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) =
                isNegative ? tens.subtractingReportingOverflow(digit) : tens.addingReportingOverflow(digit)
            fits = fits && !overflow && !carry
            value = sum
            index += 1
        }
        return fits ? value : nil
    }

    /// Answers whether there was one of them.
    private mutating func skipFractionAndExponent() throws(JSONError) -> Bool {
        let start = index
        if take(UInt8(ascii: ".")) { try skipDigits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            _ = take(UInt8(ascii: "+")) || take(UInt8(ascii: "-"))
            try skipDigits()
        }
        return index != start
    }

    private mutating func skipDigits() throws(JSONError) {
        guard isDigit else { throw failure(.syntax) }
        while isDigit { index += 1 }
    }
}
