extension StringProtocol {
    /// Without white space at both ends.
    var trimmed: String {
        // Nearly every text begins and ends with a visible character of ASCII: no look at Unicode's properties there.
        let visible: Range<UInt8> = 0x21..<0x7F
        if let first = utf8.first, visible.contains(first), let last = utf8.dropFirst(utf8.count - 1).first,
            visible.contains(last)
        {
            return String(self)
        }
        var rest = self[...]
        while let first = rest.first, first.isWhitespace { rest = rest.dropFirst() }
        while let last = rest.last, last.isWhitespace { rest = rest.dropLast() }
        return String(rest)
    }
}

extension String {
    var withoutTrailingSlash: String {
        var text = self
        while text.hasSuffix("/") { text.removeLast() }
        return text
    }
}
