package import StrictJSON

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

/// The refusals of an import. All are counted, and the first `most` of them are told in detail.
struct ImportErrors: Sendable {
    static let most = 200

    private let language: Language
    private(set) var count = 0
    private(set) var list: [JSON] = []

    init(language: Language) { self.language = language }

    mutating func add(_ error: HubError, line: Int) {
        count += 1
        guard list.count < Self.most else { return }
        var object = JSONObject([("line", .integer(Int64(line)))])
        if let field = error.field { object["field"] = .string(field) }
        object["code"] = .string(error.code.rawValue)
        object["message"] = .string(error.message(in: language))
        list.append(.object(object))
    }

    func check() throws(HubError) {
        guard count > 0 else { return }
        throw HubError(
            .invalidField,
            count == 1
                ? Localized(
                    en: "Nothing was imported: one line cannot be used.",
                    fr: "Rien n’a été importé : une ligne est inutilisable."
                )
                : Localized(
                    en: "Nothing was imported: \(count) lines cannot be used.",
                    fr: "Rien n’a été importé : \(count) lignes sont inutilisables."
                ),
            details: ["error_count": .integer(Int64(count)), "errors": .array(list)]
        )
    }
}

/// What an import did, or would do.
package struct ImportReport: Sendable {
    var isDryRun = false
    var lines = 0
    /// How many lines there were of each kind; a line of a CSV may be both a person and an enrollment.
    var users = 0
    var courses = 0
    var enrollments = 0
    /// How many rows were created, updated or left as they were; a row counts once, however many lines name it.
    var created = 0
    var updated = 0
    var unchanged = 0
    /// Headings of a CSV whose columns were ignored.
    var ignoredColumns: [String] = []
    var errorCount = 0
    var errors: [JSON] = []

    var json: JSON {
        let counts = [
            ("lines", lines), ("users", users), ("courses", courses), ("enrollments", enrollments),
            ("created", created),
            ("updated", updated), ("unchanged", unchanged), ("error_count", errorCount),
        ].map { ($0.0, JSON.integer(Int64($0.1))) }
        return .object(
            JSONObject(
                [("dry_run", .bool(isDryRun))] + counts + [
                    ("errors", .array(errors)), ("ignored_columns", .array(ignoredColumns.map { .string($0) })),
                ]))
    }

    /// The refusals in an import's answer as lines for a terminal.
    package static func sentences(of errors: [JSON]) -> [String] {
        errors.map { entry in
            let field = entry["field"]?.stringValue.map { ", \($0)" } ?? ""
            return "line \(entry["line"]?.integerValue ?? 0)\(field): \(entry["message"]?.stringValue ?? "")"
        }
    }
}
