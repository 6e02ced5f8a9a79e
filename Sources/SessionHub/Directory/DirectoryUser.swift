import StrictJSON

/// A person of the Directory: a row of `users`.
package struct DirectoryUser: Sendable, Equatable {
    package var id: Int64
    package var email: String
    package var firstName = ""
    package var lastName = ""
    package var role = Caller.Role.student
    var avatar: String?
    /// Whether the person was made at this hub and has no id of the platform yet (`LocalPeople`).
    var isLocal = false

    package init(id: Int64, email: String) {
        self.id = id
        self.email = email
    }

    /// Whether others must be shown somebody else than before: what classes keep of this person is out of date.
    func isSeenOtherwise(than old: Self) -> Bool {
        (role, firstName, lastName) != (old.role, old.firstName, old.lastName)
    }

    var json: JSON {
        [
            "id": .integer(id), "email": .string(email), "first_name": .string(firstName),
            "last_name": .string(lastName), "role": .string(role.rawValue),
            "avatar": avatar.map { .string($0) } ?? .null,
        ]
    }
}

extension Caller.Role {
    /// The roles of people; a service is nobody whom the Directory has.
    enum OfPeople: String, CaseIterable {
        case student, instructor, admin

        var role: Caller.Role {
            switch self {
            case .student: .student
            case .instructor: .instructor
            case .admin: .admin
            }
        }
    }
}

/// What a request wants a person to be. A field that is absent leaves the stored value as it is; a new person gets the
/// default.
struct UserChange: Sendable {
    var email: String?
    var firstName: String?
    var lastName: String?
    var role: Caller.Role?
    /// `nil` leaves the avatar as it is, `.some(nil)` takes it away.
    var avatar: String??

    init() {}

    init(_ fields: Fields) throws(HubError) {
        email = try fields.filled("email", limit: 254).map(Email.clean)
        if let email, !Email.isPlausible(email) {
            throw .invalid(
                fields.path("email"),
                Localized(en: "email must be an e-mail address.", fr: "email doit être une adresse e-mail.")
            )
        }
        firstName = try Self.name("first_name", fields)
        lastName = try Self.name("last_name", fields)
        role = try fields.word("role", as: Caller.Role.OfPeople.self)?.role
        avatar = fields.has("avatar") ? .some(try fields.text("avatar", .exact, limit: 2048)) : nil
    }

    /// The name, empty when the request clears it, or nil when the request does not mention it.
    private static func name(_ name: String, _ fields: Fields) throws(HubError) -> String? {
        fields.value(name) == nil ? nil : try fields.text(name) ?? ""
    }

    func applied(to user: DirectoryUser?, id: Int64) -> DirectoryUser? {
        guard var changed = user ?? email.map({ DirectoryUser(id: id, email: $0) }) else { return nil }
        if let email { changed.email = email }
        if let firstName { changed.firstName = firstName }
        if let lastName { changed.lastName = lastName }
        if let role { changed.role = role }
        if let avatar { changed.avatar = avatar }
        return changed
    }
}

extension Person {
    init(_ user: DirectoryUser) {
        self.init(id: user.id, firstName: user.firstName, lastName: user.lastName, avatar: user.avatar)
    }
}
