/// A request target, taken apart: split first, percent-decoded after, so that `%2F` never becomes a separator.
struct RequestTarget: Equatable {
    /// As `Request.path`.
    var path: String
    var segments: [String]
    var query: QueryItems

    /// `text` is an origin-form target. Refused: broken percent signs, bytes that are no UTF-8, NUL, and `.` and `..`
    /// in any spelling (a client resolves them before it asks).
    init(_ text: String) throws(HTTPFault) {
        let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var segments: [String] = []
        for part in parts[0].dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            let segment = try Self.decode(part, plusIsSpace: false)
            guard segment != ".", segment != ".." else { throw .malformed("the path holds a dot segment") }
            segments.append(segment)
        }
        self.segments = segments
        path = Self.path(segments)
        var items: [(name: String, value: String)] = []
        for part in parts.dropFirst().joined().split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = pair.count == 2 ? try Self.decode(pair[1], plusIsSpace: true) : ""
            items.append((try Self.decode(pair[0], plusIsSpace: true), value))
        }
        query = QueryItems(items)
    }

    /// As `Request.path`, from its segments.
    static func path(_ segments: [String]) -> String {
        "/"
            + segments.map { $0.split(separator: "/", omittingEmptySubsequences: false).joined(separator: "%2F") }
            .joined(separator: "/")
    }

    static func decode(_ text: some StringProtocol, plusIsSpace: Bool) throws(HTTPFault) -> String {
        var bytes: [UInt8] = []
        var iterator = text.utf8.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = iterator.next().flatMap(hexValue), let low = iterator.next().flatMap(hexValue) else {
                    throw .malformed("a percent sign is not followed by two hexadecimal digits")
                }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
            default: bytes.append(byte)
            }
        }
        guard !bytes.contains(0) else { throw .malformed("the target holds a NUL") }
        guard let decoded = String(validating: bytes, as: UTF8.self) else { throw .malformed("the target is no UTF-8") }
        return decoded
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
