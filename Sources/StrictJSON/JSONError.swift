/// Why a document was refused, and where.
package struct JSONError: Error, Equatable {
    package enum Kind: Sendable, Equatable {
        /// A string that is no UTF-8; `offset` is where the string starts.
        case invalidUTF8
        case syntax
        case duplicateMember
        case tooDeep
        /// Longer than the limit; nothing was read.
        case tooLarge
        /// A whole number beyond 64 bits, or a number beyond the range of a double.
        case numberOutOfRange
    }

    package let kind: Kind
    /// Where in the document, as `a.b[3]`; empty at its top. Made for people: each name is cut to 64 characters.
    package private(set) var path: String
    /// In bytes from the start.
    package let offset: Int

    package init(kind: Kind, path: String = "", offset: Int) {
        self.kind = kind
        self.path = path
        self.offset = offset
    }

    /// The same error seen from the object that holds the value as its member `name`.
    func inside(member name: String) -> JSONError {
        var error = self
        let separator = path.isEmpty || path.hasPrefix("[") ? "" : "."
        error.path = String(name.prefix(64)) + separator + path
        return error
    }

    /// The same error seen from the array that holds the value at `position`.
    func inside(element position: Int) -> JSONError {
        var error = self
        let separator = path.isEmpty || path.hasPrefix("[") ? "" : "."
        error.path = "[\(position)]" + separator + path
        return error
    }
}
