package import StrictJSON

/// A Directory in one document, one JSON object a line: all of it is taken, or nothing, with errors by line.
///
/// Lines are `{"user":{"id":..}}`, `{"course":{"id":..}}`, `{"enrollment":{"course_id":..,"user_id":..}}`, in an order in
/// which each refers to what stands above it or in the Directory already. Empty lines are skipped.
package struct DirectoryImport: Sendable {
    enum Entry: Sendable {
        case user(Int64, UserChange)
        case course(Int64, CourseChange)
        case enrollment(course: Int64, user: Int64, EnrollmentChange)
    }

    /// What was taken.
    package struct Summary: Sendable, Equatable {
        package var users = 0
        package var courses = 0
        package var enrollments = 0

        package var json: JSON {
            [
                "users": .integer(Int64(users)), "courses": .integer(Int64(courses)),
                "enrollments": .integer(Int64(enrollments)),
            ]
        }
    }

    /// After this many errors the rest is not looked at.
    package static let mostErrors = 100
    private static let lineLimits = JSONLimits(maxBytes: 65_536)

    let entries: [(line: Int, entry: Entry)]

    /// Reads every line; throws one error with all refusals in `errors`.
    package init(ndjson bytes: [UInt8], language: Language) throws(HubError) {
        var errors = ImportErrors(language: language)
        var entries: [(line: Int, entry: Entry)] = []
        var line = 0
        for slice in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            line += 1
            guard slice.contains(where: { $0 > 0x20 }) else { continue }
            do throws(HubError) {
                entries.append((line, try Self.entry(slice)))
            } catch {
                errors.add(error, line: line)
                if errors.isFull { break }
            }
        }
        try errors.check()
        self.entries = entries
    }

    private static func entry(_ line: ArraySlice<UInt8>) throws(HubError) -> Entry {
        let json: JSON
        do {
            json = try JSON.parse(line, limits: lineLimits)
        } catch {
            throw HubError(badJSON: error)
        }
        let fields = try Fields(json)
        for (name, read) in [("user", user), ("course", course), ("enrollment", enrollment)] {
            guard let value = fields.value(name) else { continue }
            return try read(try Fields(value, path: name))
        }
        throw .invalid(
            "line",
            Localized(
                en: "Each line has one of: user, course, enrollment.",
                fr: "Chaque ligne a l’un de : user, course, enrollment."
            )
        )
    }

    private static func user(_ fields: Fields) throws(HubError) -> Entry {
        .user(try fields.required("id", try fields.integer("id")), try UserChange(fields))
    }

    private static func course(_ fields: Fields) throws(HubError) -> Entry {
        .course(try fields.required("id", try fields.integer("id")), try CourseChange(fields))
    }

    private static func enrollment(_ fields: Fields) throws(HubError) -> Entry {
        .enrollment(
            course: try fields.required("course_id", try fields.integer("course_id")),
            user: try fields.required("user_id", try fields.integer("user_id")),
            try EnrollmentChange(fields)
        )
    }
}

/// Collects what is wrong with the lines of an import.
struct ImportErrors {
    private let language: Language
    private var list: [JSON] = []

    init(language: Language) { self.language = language }

    var isFull: Bool { list.count >= DirectoryImport.mostErrors }

    mutating func add(_ error: HubError, line: Int) {
        var object = JSONObject([("line", .integer(Int64(line)))])
        if let field = error.field { object["field"] = .string(field) }
        object["message"] = .string(error.message(in: language))
        list.append(.object(object))
    }

    func check() throws(HubError) {
        guard !list.isEmpty else { return }
        throw HubError(
            .invalidField,
            Localized(
                en: "Nothing was imported: \(list.count) lines or more cannot be used.",
                fr: "Rien n’a été importé : au moins \(list.count) lignes sont inutilisables."
            ),
            details: ["errors": .array(list)]
        )
    }
}
