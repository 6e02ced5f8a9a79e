/// Bytes as text: the three alphabets of RFC 4648 that the hub uses, without padding.
///
/// Decoding is strict, so that one value has one spelling: no padding, no white space, no other alphabet, no letter
/// case but the one written, no symbol that carries no bits, and the unused bits of the last symbol are zero.
private struct BaseEncoding {
    let bitsPerSymbol: Int
    let symbols: [UInt8]
    /// The value of each byte as a symbol, or 255.
    private let values: [UInt8]

    init(bitsPerSymbol: Int, alphabet: String) {
        self.bitsPerSymbol = bitsPerSymbol
        symbols = Array(alphabet.utf8)
        var values = [UInt8](repeating: 255, count: 256)
        for (value, symbol) in symbols.enumerated() { values[Int(symbol)] = UInt8(value) }
        self.values = values
    }

    func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 8 / bitsPerSymbol + 1)
        var (pending, count) = (0, 0)
        for byte in bytes {
            pending = (pending << 8 | Int(byte)) & 0xFFFF
            count += 8
            while count >= bitsPerSymbol {
                count -= bitsPerSymbol
                text.append(symbols[pending >> count & (symbols.count - 1)])
            }
        }
        if count > 0 { text.append(symbols[pending << (bitsPerSymbol - count) & (symbols.count - 1)]) }
        return String(decoding: text, as: UTF8.self)
    }

    func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count * bitsPerSymbol / 8)
        var (pending, count) = (0, 0)
        for symbol in text {
            let value = values[Int(symbol)]
            guard value != 255 else { return nil }
            pending = (pending << bitsPerSymbol | Int(value)) & 0xFFFF
            count += bitsPerSymbol
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: pending >> count))
            }
        }
        let unused = pending & (1 << count - 1)
        return count < bitsPerSymbol && unused == 0 ? bytes : nil
    }
}

/// RFC 4648 section 5 without padding, as RFC 7515 wants it.
package enum Base64URL {
    private static let encoding = BaseEncoding(
        bitsPerSymbol: 6, alphabet: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")

    package static func encode(_ bytes: [UInt8]) -> String { encoding.encode(bytes) }
    /// Nil unless `text` is exactly what `encode` would have written.
    package static func decode(_ text: String) -> [UInt8]? { encoding.decode(Array(text.utf8)[...]) }
    package static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? { encoding.decode(text) }
}

/// RFC 4648 section 6 in lower case, without padding: for what people read aloud and type.
package enum Base32 {
    private static let encoding = BaseEncoding(bitsPerSymbol: 5, alphabet: "abcdefghijklmnopqrstuvwxyz234567")

    package static func encode(_ bytes: [UInt8]) -> String { encoding.encode(bytes) }
    /// Nil unless `text` is exactly what `encode` would have written.
    package static func decode(_ text: String) -> [UInt8]? { encoding.decode(Array(text.utf8)[...]) }
}

/// RFC 4648 section 8 in lower case.
package enum Hex {
    private static let encoding = BaseEncoding(bitsPerSymbol: 4, alphabet: "0123456789abcdef")

    package static func encode(_ bytes: [UInt8]) -> String { encoding.encode(bytes) }
    /// Nil unless `text` is exactly what `encode` would have written.
    package static func decode(_ text: String) -> [UInt8]? { encoding.decode(Array(text.utf8)[...]) }
}
