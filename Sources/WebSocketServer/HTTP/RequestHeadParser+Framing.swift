import HTTPTypes

/// Where the body of a request ends (RFC 9112, 6). Every doubt is refused, and the connection closed after it: two
/// servers that disagree here read different requests.
extension RequestHeadParser {
    static func framing(_ head: RequestHead) throws(HTTPFault) -> BodyFraming {
        let lengths = head.headers[fields: .contentLength]
        let codings = head.headers[fields: .transferEncoding]
        guard codings.isEmpty else {
            // "ought to handle such a message as an error" (6.3): it is the usual way to smuggle a request.
            guard lengths.isEmpty else { throw .malformed("both Content-Length and Transfer-Encoding") }
            // "MUST treat the message as if the framing is faulty, even if a Content-Length is present" (6.1).
            guard head.minorVersion >= 1 else { throw .malformed("Transfer-Encoding in HTTP/1.0") }
            return try transferCoding(codings.map(\.value))
        }
        guard let length = lengths.first else { return .none }
        let digits = length.value.utf8
        guard lengths.count == 1, !digits.isEmpty, digits.count <= 18, digits.allSatisfy({ (48...57).contains($0) }),
            let count = Int(length.value)
        else { throw .malformed("Content-Length is not one number") }
        return count == 0 ? .none : .length(count)
    }

    /// Only `chunked` alone is read. "If ... the chunked transfer coding is not the final encoding ... the server MUST
    /// respond with the 400 (Bad Request) status code and then close the connection" (6.3); a coding that is not
    /// understood before it is 501.
    private static func transferCoding(_ values: [String]) throws(HTTPFault) -> BodyFraming {
        let names = values.flatMap { value in
            value.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingBlanks().lowercased() }
        }
        guard names.last == "chunked", names.filter({ $0 == "chunked" }).count == 1,
            names.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } })
        else { throw .malformed("Transfer-Encoding does not end in chunked, once") }
        guard names.count == 1 else { throw .codingNotImplemented }
        return .chunked
    }
}
