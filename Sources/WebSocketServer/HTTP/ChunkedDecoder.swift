/// Takes a chunked body apart (RFC 9112, 7.1), strictly: what two servers could read differently is refused.
///
/// Chunk extensions and trailers are read and ignored, each within a bound. Bytes may come in any pieces.
struct ChunkedDecoder {
    private enum State {
        case size
        case data(left: Int)
        /// The CR LF behind a chunk's data.
        case dataEnd
        case trailers
        case done
    }

    /// One line with a chunk's size and its extensions.
    static let longestLine = 1024
    /// Extensions of all chunks together: a body of one-byte chunks may not bring kilobytes of them with each.
    static let mostExtensionBytes = 16 * 1024
    static let mostTrailerBytes = 8 * 1024
    /// Hexadecimal digits of a size: 60 bits never overflow an `Int`.
    private static let mostDigits = 15

    private var state = State.size
    /// The part of a line that has come.
    private var line: [UInt8] = []
    private var extensionBytes = 0
    private var trailerBytes = 0
    /// Bytes of the body that were announced so far.
    private var announced = 0

    /// Takes from `input` what belongs to the body and appends its data to `content`. True: the body is complete, and
    /// what is left of `input` begins the next request.
    ///
    /// Throws `bodyTooLarge` as soon as a chunk announces more than `limit` bytes in all, before its data has come.
    mutating func decode(
        _ input: inout ArraySlice<UInt8>, into content: inout [UInt8], limit: Int
    ) throws(HTTPFault) -> Bool {
        while true {
            switch state {
            case .size:
                guard let line = try takeLine(&input, longest: Self.longestLine) else { return false }
                try begin(line, limit)
            case .data(let left):
                guard !input.isEmpty else { return false }
                let part = input.prefix(left)
                content.append(contentsOf: part)
                input = input.dropFirst(part.count)
                state = part.count == left ? .dataEnd : .data(left: left - part.count)
            case .dataEnd:
                guard let line = try takeLine(&input, longest: 2) else { return false }
                guard line.isEmpty else { throw .malformed("a chunk is longer than its size") }
                state = .size
            case .trailers:
                guard let line = try takeLine(&input, longest: Self.mostTrailerBytes) else { return false }
                if line.isEmpty { state = .done } else { try ignoreTrailer(line) }
            case .done: return true
            }
        }
    }

    private mutating func begin(_ line: [UInt8], _ limit: Int) throws(HTTPFault) {
        let digits = line.prefix { Self.value($0) != nil }
        guard (1...Self.mostDigits).contains(digits.count) else { throw .malformed("a chunk size is no number") }
        let size = digits.reduce(0) { $0 << 4 | (Self.value($1) ?? 0) }
        // "*( BWS ";" BWS chunk-ext-name ...": blanks alone are nothing.
        let rest = line[digits.endIndex...]
        guard rest.isEmpty || rest.first(where: { $0 != 0x20 && $0 != 0x09 }) == UInt8(ascii: ";"),
            rest.allSatisfy({ $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) })
        else { throw .malformed("a chunk size is followed by something else than an extension") }
        extensionBytes += rest.count
        guard extensionBytes <= Self.mostExtensionBytes else { throw .malformed("too many chunk extensions") }
        guard size <= limit - announced else { throw .bodyTooLarge(limit: limit) }
        announced += size
        state = size == 0 ? .trailers : .data(left: size)
    }

    /// A trailer is checked as a header is, and then forgotten: what stands in it could not be checked before the body
    /// was read.
    private mutating func ignoreTrailer(_ line: [UInt8]) throws(HTTPFault) {
        trailerBytes += line.count + 2
        guard trailerBytes <= Self.mostTrailerBytes else { throw .headersTooLarge }
        _ = try RequestHeadParser.field(line[...])
    }

    /// The next line without its CR LF; nil when it has not come whole. "A recipient MUST NOT" take a bare LF for an
    /// end here: other servers do, and see other chunks.
    private mutating func takeLine(
        _ input: inout ArraySlice<UInt8>, longest: Int
    ) throws(HTTPFault) -> [UInt8]? {
        let end = input.firstIndex(of: UInt8(ascii: "\n"))
        let part = input[..<(end.map { $0 + 1 } ?? input.endIndex)]
        guard line.count + part.count <= longest else {
            throw longest == Self.mostTrailerBytes ? .headersTooLarge : .malformed("a line of a chunk is too long")
        }
        line.append(contentsOf: part)
        input = input[part.endIndex...]
        guard end != nil else { return nil }
        defer { line = [] }
        let bytes = line.dropLast()
        guard bytes.last == UInt8(ascii: "\r"), !bytes.dropLast().contains(UInt8(ascii: "\r")) else {
            throw .malformed("a line of a chunk does not end in CR LF")
        }
        return Array(bytes.dropLast())
    }

    private static func value(_ byte: UInt8) -> Int? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}
