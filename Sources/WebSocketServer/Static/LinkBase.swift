/// Puts a base path in front of the absolute links of an HTML page: `href="/css/a.css"` becomes
/// `href="/live/css/a.css"`.
///
/// A `<base>` element would not do: it changes no link that begins with a slash, but every one that is a mere
/// `#fragment`.
struct LinkBase: Sendable {
    private let base: [UInt8]
    /// Tells tags of files with this base from those with another one; empty without a base.
    let tag: String

    /// - Parameter base: empty, or `/live`.
    init(_ base: String) {
        self.base = Array(base.utf8)
        // FNV-1a.
        let hash = base.utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        tag = base.isEmpty ? "" : "-" + String(hash, radix: 16)
    }

    func apply(to page: [UInt8]) -> [UInt8] {
        guard !base.isEmpty else { return page }
        var result: [UInt8] = []
        result.reserveCapacity(page.count + 16 * base.count)
        var index = 0
        while index < page.count {
            result.append(page[index])
            index += 1
            // `//` names another host.
            guard page[index - 1] == UInt8(ascii: "\""), index < page.count, page[index] == UInt8(ascii: "/"),
                index + 1 == page.count || page[index + 1] != UInt8(ascii: "/"), Self.namesLink(page[..<(index - 1)])
            else { continue }
            result += base
        }
        return result
    }

    private static let attributes = ["href=", "src=", "action="].map { Array($0.utf8) }

    private static func namesLink(_ before: ArraySlice<UInt8>) -> Bool {
        attributes.contains { attribute in
            let start = before.suffix(attribute.count + 1)
            return start.suffix(attribute.count).elementsEqual(attribute)
                && (start.first == UInt8(ascii: " ") || start.first == UInt8(ascii: "\n"))
        }
    }
}
