package import HTTPTypes

/// The answer to a request. The server adds `Content-Length`, `Date` and, when it closes, `Connection`.
package struct Response: Sendable, Equatable {
    package enum Body: Sendable, Equatable {
        case empty
        case bytes([UInt8])
    }

    package var status: HTTPResponse.Status
    /// A header value with CR, LF or NUL is never sent.
    package var headers: HTTPFields
    package var body: Body

    package init(status: HTTPResponse.Status, headers: HTTPFields = HTTPFields(), body: Body = .empty) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

extension Response.Body {
    package var bytes: [UInt8] {
        switch self {
        case .empty: []
        case .bytes(let bytes): bytes
        }
    }

    package var count: Int {
        switch self {
        case .empty: 0
        case .bytes(let bytes): bytes.count
        }
    }
}
