extension JSON {
    /// Reads one document: RFC 8259, and stricter where it leaves a choice.
    ///
    /// One pass. Refused are: bytes that are no UTF-8, a byte order mark, anything after the value, a name twice in one
    /// object, escapes of half a surrogate pair, nesting or length over the limits, and numbers that would be
    /// changed by reading them (whole numbers beyond 64 bits, overflow).
    package static func parse(_ bytes: [UInt8], limits: JSONLimits) throws(JSONError) -> JSON {
        guard bytes.count <= limits.maxBytes else { throw JSONError(kind: .tooLarge, offset: limits.maxBytes) }
        var parser = JSONParser(bytes, maxDepth: min(limits.maxDepth, JSONLimits.deepest))
        return try parser.document()
    }

    /// The same for a part of a buffer; offsets in errors count from the start of the part.
    package static func parse(_ bytes: ArraySlice<UInt8>, limits: JSONLimits) throws(JSONError) -> JSON {
        try parse(Array(bytes), limits: limits)
    }

    /// The same for text.
    package static func parse(_ text: String, limits: JSONLimits) throws(JSONError) -> JSON {
        try parse(Array(text.utf8), limits: limits)
    }

    /// The whole number called `name` in the outermost object of a document that `parse` refuses, as far as it can be
    /// told without doubt. For naming the request in its refusal, and for nothing else.
    package static func looseInteger(_ name: String, in bytes: [UInt8]) -> Int64? {
        LooseMember.integer(name, in: bytes)
    }
}
