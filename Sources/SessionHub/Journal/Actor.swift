package import StrictJSON

/// The person who did something, as others see them.
package struct Actor: Sendable, Equatable {
    package let person: Person
    package let role: ClassRole?

    package init(_ person: Person, role: ClassRole?) {
        self.person = person
        self.role = role
    }

    package var json: JSON {
        var object: JSONObject = JSONObject([("id", .integer(person.id)), ("name", .string(person.name))])
        if let role { object["role"] = .string(role.rawValue) }
        return .object(object)
    }
}
