/// The languages that a person reads here.
package enum Language: String, Sendable, CaseIterable {
    case english = "en"
    case french = "fr"

    /// The best of ours for an `Accept-Language` header (RFC 9110, 12.5.4), or nil when it names none of them.
    init?(acceptLanguage header: String) {
        var best: (language: Language, weight: Double)?
        for range in header.split(separator: ",").prefix(20) {
            let parts = range.split(separator: ";").map { $0.trimmed.lowercased() }
            guard let tag = parts.first, let primary = tag.split(separator: "-").first,
                let language = Language(rawValue: String(primary))
            else { continue }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            if weight > (best?.weight ?? 0) { best = (language, weight) }
        }
        guard let best else { return nil }
        self = best.language
    }
}
