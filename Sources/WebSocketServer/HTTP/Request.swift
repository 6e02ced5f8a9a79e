package import HTTPTypes

/// A complete HTTP request, or the handshake of a WebSocket.
package struct Request: Sendable {
    package var method: HTTPRequest.Method
    /// Percent-decoded, except that an encoded slash stays `%2F`: splitting it at `/` gives exactly the client's
    /// segments.
    package var path: String
    /// Percent-decoded one by one, after the split.
    package var segments: [String]
    package var query: QueryItems
    package var headers: HTTPFields
    package var body: [UInt8]
    /// What the route's pattern names.
    package var parameters: PathParameters
    /// Numeric address of the peer, without the port. IPv4 inside IPv6 reads as IPv4.
    package var remoteAddress: String
    /// By what limits per address count it. Nil: nobody can tell who asks (a proxy that names no client), and no such
    /// limit applies.
    package var source: AddressKey?
    /// By what name the bytes of its body count as somebody's, set by the head check. Nil: they count as its source's.
    package var holder: String?
    package var isSecure: Bool
    /// 16 random bytes in hexadecimal, new for every request.
    package var id: String

    package init(
        method: HTTPRequest.Method, path: String, segments: [String]? = nil, query: QueryItems = QueryItems(),
        headers: HTTPFields = HTTPFields(), body: [UInt8] = [], parameters: PathParameters = PathParameters(),
        remoteAddress: String = "127.0.0.1", isSecure: Bool = false, id: String = RequestID.make()
    ) {
        self.method = method
        self.path = path
        self.segments =
            segments ?? path.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        self.query = query
        self.headers = headers
        self.body = body
        self.parameters = parameters
        self.remoteAddress = remoteAddress
        source = AddressKey(remoteAddress)
        self.isSecure = isSecure
        self.id = id
    }
}

/// The decoded query of a request: `+` is a space, a name may occur more than once.
package struct QueryItems: Sendable, Equatable {
    package var items: [(name: String, value: String)]

    package init(_ items: [(name: String, value: String)] = []) { self.items = items }

    package func first(_ name: String) -> String? { items.first { $0.name == name }?.value }
    package func all(_ name: String) -> [String] { items.filter { $0.name == name }.map(\.value) }

    package static func == (left: QueryItems, right: QueryItems) -> Bool {
        left.items.elementsEqual(right.items) { $0 == $1 }
    }
}

/// The values of `{name}` and `{name:int}` in a route's pattern.
package struct PathParameters: Sendable, Equatable {
    package var values: [String: String]

    package init(_ values: [String: String] = [:]) { self.values = values }

    /// Traps when the route's pattern has no such name.
    package func text(_ name: String) -> String {
        guard let value = values[name] else { preconditionFailure("the route has no parameter \(name)") }
        return value
    }

    /// Traps when the route's pattern has no such `{name:int}`. Never negative.
    package func integer(_ name: String) -> Int64 {
        guard let value = Int64(text(name)) else { preconditionFailure("the parameter \(name) is not declared :int") }
        return value
    }
}

package enum RequestID {
    package static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        return hex(generator.next()) + hex(generator.next())
    }

    private static func hex(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
