import HTTPTypes

/// Reads one request head from a stream of bytes, strictly: what two servers could read differently is refused
/// (RFC 9112, sections 2.2, 3, 5, 6.3 and 11.2).
struct RequestHeadParser {
    enum Result: Equatable {
        case needsMore
        /// `count` bytes of the input belong to the head.
        case head(RequestHead, count: Int)
        /// Answer, then close: where the next request begins cannot be known.
        case fault(HTTPFault)
    }

    let maxBytes: Int
    /// Bytes that are known to hold no end of the head.
    private var scanned = 0

    init(maxBytes: Int) { self.maxBytes = maxBytes }

    /// `input` begins where the request begins and has grown since the last call. Start over after anything but
    /// `.needsMore`.
    mutating func parse(_ input: [UInt8]) -> Result {
        // "A server that is expecting to receive and parse a request-line SHOULD ignore at least one empty line
        // (CRLF)".
        let start = input.starts(with: [Self.cr, Self.lf]) ? 2 : 0
        guard let end = endOfHead(input, from: start) else {
            guard input.count > maxBytes else { return .needsMore }
            return .fault(input.contains(Self.lf) ? .headersTooLarge : .targetTooLong)
        }
        guard end <= maxBytes else { return .fault(.headersTooLarge) }
        do throws(HTTPFault) {
            return .head(try Self.head(input[start..<(end - 2)]), count: end)
        } catch {
            return .fault(error)
        }
    }

    /// The index after CR LF CR LF.
    private mutating func endOfHead(_ input: [UInt8], from start: Int) -> Int? {
        var index = max(scanned, start)
        while index + 3 < input.count {
            // From the end of the window: most bytes are no LF, and then no end is within the next three.
            if input[index + 3] != Self.lf {
                index += 1
                continue
            }
            if input[index] == Self.cr, input[index + 1] == Self.lf, input[index + 2] == Self.cr { return index + 4 }
            index += 1
        }
        scanned = max(0, input.count - 3)
        return nil
    }

    // MARK: Lines

    private static let cr = UInt8(ascii: "\r")
    private static let lf = UInt8(ascii: "\n")
    private static let blank = UInt8(ascii: " ")
    private static let tab = UInt8(ascii: "\t")

    /// `bytes`: lines that each end in CRLF.
    private static func head(_ bytes: ArraySlice<UInt8>) throws(HTTPFault) -> RequestHead {
        var rest = bytes
        var head = try requestLine(try takeLine(&rest))
        while !rest.isEmpty { head.headers.append(try field(try takeLine(&rest))) }
        try checkHost(head)
        head.framing = try framing(head)
        return head
    }

    private static func takeLine(_ rest: inout ArraySlice<UInt8>) throws(HTTPFault) -> ArraySlice<UInt8> {
        guard let end = rest.firstIndex(of: lf), end > rest.startIndex, rest[end - 1] == cr else {
            throw .malformed("a line does not end in CR LF")
        }
        let line = rest[rest.startIndex..<(end - 1)]
        rest = rest[(end + 1)...]
        guard !line.contains(cr) else { throw .malformed("a CR stands alone") }
        return line
    }

    private static func requestLine(_ line: ArraySlice<UInt8>) throws(HTTPFault) -> RequestHead {
        let parts = line.split(separator: blank, omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw .malformed("the request line has not three parts") }
        guard let method = HTTPRequest.Method(String(decoding: parts[0], as: UTF8.self)) else {
            throw .malformed("the method is no token")
        }
        let minorVersion = try version(parts[2])
        guard !parts[1].isEmpty, parts[1].allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .malformed("the target holds a byte that must be encoded")
        }
        let target = try originForm(String(decoding: parts[1], as: UTF8.self), method)
        return RequestHead(method: method, target: target, minorVersion: minorVersion, headers: [:])
    }

    private static func version(_ text: ArraySlice<UInt8>) throws(HTTPFault) -> Int {
        let text = Array(text)
        guard text.count == 8, text.starts(with: Array("HTTP/".utf8)), text[6] == UInt8(ascii: ".") else {
            throw .malformed("the request line names no HTTP version")
        }
        switch (text[5], text[7]) {
        case (UInt8(ascii: "1"), UInt8(ascii: "1")): return 1
        case (UInt8(ascii: "1"), UInt8(ascii: "0")): return 0
        default: throw .versionNotSupported
        }
    }

    /// "a server MUST accept the absolute-form in requests" (RFC 9112, 3.2.2); its host is not used.
    private static func originForm(_ target: String, _ method: HTTPRequest.Method) throws(HTTPFault) -> String {
        if target.hasPrefix("/") || (target == "*" && method == .options) { return target }
        let lowercased = target.lowercased()
        guard let scheme = ["http://", "https://"].first(where: lowercased.hasPrefix) else {
            throw .malformed("the target is neither a path nor an http URI")
        }
        let afterScheme = target.dropFirst(scheme.count)
        // "A recipient that processes such a URI reference MUST reject it as invalid": one with an empty host (RFC
        // 9110, 4.2.1).
        let authority = afterScheme.prefix { $0 != "/" && $0 != "?" }
        guard !authority.isEmpty, !authority.hasPrefix(":"), HostValue.isValid(authority) else {
            throw .malformed("the target's authority is no host and port")
        }
        guard let end = afterScheme.firstIndex(where: { $0 == "/" || $0 == "?" }) else { return "/" }
        let path = afterScheme[end...]
        return path.hasPrefix("/") ? String(path) : "/" + path
    }

    static func field(_ line: ArraySlice<UInt8>) throws(HTTPFault) -> HTTPField {
        // A name that ends in a blank, and a folded line, are where smuggling begins: no HTTPField.Name holds a blank.
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")),
            let name = HTTPField.Name(String(decoding: line[..<colon], as: UTF8.self))
        else { throw .malformed("a header has no proper name") }
        var value = line[(colon + 1)...]
        while let first = value.first, first == blank || first == tab { value.removeFirst() }
        while let last = value.last, last == blank || last == tab { value.removeLast() }
        guard value.allSatisfy({ $0 == tab || ($0 >= 0x20 && $0 != 0x7F) }) else {
            throw .malformed("a header value holds a control character")
        }
        return HTTPField(name: name, value: String(decoding: value, as: UTF8.self))
    }

    // MARK: Rules over all headers

    /// "A server MUST respond with a 400 ... to any HTTP/1.1 request message that lacks a Host header field and to any
    /// request message that contains more than one" (RFC 9112, 3.2).
    private static func checkHost(_ head: RequestHead) throws(HTTPFault) {
        let hosts = head.headers[fields: hostName]
        guard hosts.count == 1 || (hosts.isEmpty && head.minorVersion == 0) else {
            throw .malformed("not exactly one Host")
        }
        guard hosts.allSatisfy({ HostValue.isValid($0.value) }) else { throw .malformed("Host is no host and port") }
    }

    private static let hostName: HTTPField.Name = {
        guard let name = HTTPField.Name("Host") else { preconditionFailure("Host is a token") }
        return name
    }()
}
