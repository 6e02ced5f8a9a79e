import StrictJSON

/// A person as others see them.
struct Person: Sendable, Equatable {
    let id: Int64
    let firstName: String
    let lastName: String
    let avatar: String?

    /// The name to show; never empty.
    var name: String {
        let name = "\(firstName) \(lastName)".trimmed
        return name.isEmpty ? "#\(id)" : name
    }
}

extension Person {
    /// `{id, first_name, last_name, avatar}`, as rows nest it.
    var json: JSON {
        [
            "id": .integer(id), "first_name": .string(firstName), "last_name": .string(lastName),
            "avatar": .optional(avatar),
        ]
    }
}
