import StrictJSON

/// The person who did something, as others see them.
struct Actor: Sendable, Equatable {
    let person: Person
    let role: ClassRole?

    init(_ person: Person, role: ClassRole?) {
        self.person = person
        self.role = role
    }

    var json: JSON {
        var object: JSONObject = JSONObject([("id", .integer(person.id)), ("name", .string(person.name))])
        if let role { object["role"] = .string(role.rawValue) }
        return .object(object)
    }
}
