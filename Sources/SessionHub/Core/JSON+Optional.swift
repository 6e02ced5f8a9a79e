import StrictJSON

extension JSON {
    /// `null` for an absent value.
    static func optional(_ value: String?) -> JSON { value.map(JSON.string) ?? .null }
    static func optional(_ value: Int64?) -> JSON { value.map(JSON.integer) ?? .null }
    static func optional(_ value: Timestamp?) -> JSON { value.map { .string($0.text) } ?? .null }
}

extension JSONObject {
    /// These members and those of another object.
    func adding(_ others: JSONObject) -> JSONObject {
        others.members.reduce(into: self) { object, member in object[member.name] = member.value }
    }
}
