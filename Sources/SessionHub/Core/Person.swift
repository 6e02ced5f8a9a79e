import Database
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

extension Person {
    /// Reads `first_name`, `last_name` and `avatar` of `users`; whoever is nobody there has no name.
    ///
    /// - Parameter prefix: what stands before these names in the row.
    init(_ id: Int64, of row: SQLRow, prefix: String = "") {
        self.init(
            id: id, firstName: row.optionalText("\(prefix)first_name") ?? "",
            lastName: row.optionalText("\(prefix)last_name") ?? "", avatar: row.optionalText("\(prefix)avatar")
        )
    }
}
