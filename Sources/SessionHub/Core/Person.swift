package import StrictJSON

/// A person as others see them.
package struct Person: Sendable, Equatable {
    package let id: Int64
    package let firstName: String
    package let lastName: String
    package let avatar: String?

    package init(id: Int64, firstName: String, lastName: String, avatar: String?) {
        self.id = id
        self.firstName = firstName
        self.lastName = lastName
        self.avatar = avatar
    }

    /// The name to show; never empty.
    package var name: String {
        let name = "\(firstName) \(lastName)".trimmed
        return name.isEmpty ? "#\(id)" : name
    }
}

extension Person {
    /// `{id, first_name, last_name, avatar}`, as rows nest it.
    package var json: JSON {
        [
            "id": .integer(id), "first_name": .string(firstName), "last_name": .string(lastName),
            "avatar": .optional(avatar),
        ]
    }
}
