import StrictJSON

/// One line of an import: the changes it asks for, or why it cannot be used.
struct ImportLine: Sendable {
    enum Entry: Sendable {
        case user(PersonKey, UserChange)
        case course(Int64, CourseChange)
        /// In a refusal `path` stands before the names of the enrollment's fields.
        case enrollment(course: Int64, PersonKey, EnrollmentChange, path: String)

        var person: PersonKey? {
            switch self {
            case .user(let key, _), .enrollment(_, let key, _, _): key
            case .course: nil
            }
        }
    }

    /// The key by which a line names somebody: the id, or without one the e-mail address (`Email.key`).
    enum PersonKey: Sendable, Hashable {
        case id(Int64)
        case email(String)

        init(_ id: Int64?, _ email: String?) throws(HubError) {
            if let id {
                self = .id(id)
            } else if let email {
                self = .email(Email.key(email))
            } else {
                throw .invalid(
                    "email",
                    Localized(
                        en: "A person needs an id or an e-mail.", fr: "Une personne a besoin d’un id ou d’un e-mail.")
                )
            }
        }
    }

    /// The line of the document at which it begins, counted from 1.
    let number: Int
    let content: Result<[Entry], HubError>
    /// Whether the line belongs to a list of people, in which nobody stands twice without a reason (`ListedPeople`).
    var isOfList = false

    /// The course in which the line enrolls its person.
    var course: Int64? {
        guard case .success(let entries) = content else { return nil }
        for case .enrollment(let course, _, _, _) in entries { return course }
        return nil
    }
}
