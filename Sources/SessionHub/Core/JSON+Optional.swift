package import StrictJSON

extension JSON {
    /// `null` for an absent value.
    package static func optional(_ value: String?) -> JSON { value.map(JSON.string) ?? .null }
    package static func optional(_ value: Int64?) -> JSON { value.map(JSON.integer) ?? .null }
    package static func optional(_ value: Timestamp?) -> JSON { value.map { .string($0.text) } ?? .null }
}
