/// The elements of a Forwarded header (RFC 7239, 4).
enum ForwardedElement {
    /// Each element's parameters by their name in lower case, the last element first.
    ///
    /// The header is read from the right, because the client, whose part stands left, may leave a quote open, which
    /// must not swallow what the proxies wrote after it. A backslash escapes nothing, because no address holds one.
    static func nearestFirst(_ header: String) -> [[String: String]] {
        pieces(header, at: ",").reversed().compactMap { element in
            element.trimmed.isEmpty ? nil : parameters(element)
        }
    }

    private static func parameters(_ element: Substring) -> [String: String] {
        var parameters: [String: String] = [:]
        for pair in pieces(String(element), at: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            let name = parts[0].trimmed.lowercased()
            // "Each parameter MUST NOT occur more than once per field-value": then nobody knows which one is meant.
            parameters[name] = parameters[name] == nil ? unquoted(parts[1].trimmed) : ""
        }
        return parameters
    }

    private static func unquoted(_ value: String) -> String {
        value.count >= 2 && value.hasPrefix("\"") && value.hasSuffix("\"")
            ? String(value.dropFirst().dropLast()) : value
    }

    /// Splits the text wherever no quote is open, as counted from the right.
    private static func pieces(_ text: String, at separator: Character) -> [Substring] {
        var pieces: [Substring] = []
        var end = text.endIndex
        var isQuoted = false
        for index in text.indices.reversed() {
            if text[index] == "\"" { isQuoted.toggle() }
            guard text[index] == separator, !isQuoted else { continue }
            pieces.append(text[text.index(after: index)..<end])
            end = index
        }
        pieces.append(text[..<end])
        return pieces.reversed()
    }
}
