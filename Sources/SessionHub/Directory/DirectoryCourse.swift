import StrictJSON

/// A course of the Directory: a row of `courses` and its co-instructors.
struct DirectoryCourse: Sendable, Equatable {
    enum Kind: String, Sendable, CaseIterable {
        case live
        case onDemand = "on_demand"
    }

    var id: Int64
    var title: String
    var instructorID: Int64
    var description: String?
    var coInstructorIDs: [Int64] = []
    var kind = Kind.live
    var maxStudents: Int64?
    var enrollmentDeadline: Timestamp?
    var startDate: Timestamp?
    var endDate: Timestamp?
    var timeZone: String?
    /// The course's name in the platform's addresses.
    var slug: String?
    var attendance = AttendanceRule()

    init(id: Int64, title: String, instructorID: Int64) {
        self.id = id
        self.title = title
        self.instructorID = instructorID
    }

    /// The people whom the course names as its teachers.
    var hosts: Set<Int64> { Set(coInstructorIDs + [instructorID]) }

    /// Refuses somebody who would become a member, by `enrollment_closed` or `course_full`.
    ///
    /// - Parameter members: how many active members the course has now.
    func requirePlace(members: Int64, now: Timestamp) throws(HubError) {
        if let enrollmentDeadline, now > enrollmentDeadline { throw HubError(.enrollmentClosed) }
        if let maxStudents, members >= maxStudents { throw HubError(.courseFull) }
    }

    var json: JSON {
        let object: JSONObject = [
            "id": .integer(id), "title": .string(title), "instructor_id": .integer(instructorID),
            "description": description.map { .string($0) } ?? .null,
            "co_instructor_ids": .array(coInstructorIDs.map { .integer($0) }),
            "course_type": .string(kind.rawValue),
            "max_students": maxStudents.map { .integer($0) } ?? .null,
            "enrollment_deadline": enrollmentDeadline.map { .string($0.text) } ?? .null,
            "course_start_date": startDate.map { .string($0.text) } ?? .null,
            "course_end_date": endDate.map { .string($0.text) } ?? .null,
            "time_zone": timeZone.map { .string($0) } ?? .null, "slug": .optional(slug),
        ]
        return .object(object.adding(attendance.members))
    }
}

/// What a request wants a course to be. A field that is absent leaves the stored value as it is; null clears it.
struct CourseChange: Sendable {
    var title: String?
    var instructorID: Int64?
    var coInstructorIDs: [Int64]?
    var kind: DirectoryCourse.Kind?
    var lateAfterMinutes: Int64?
    var presentPercent: Int64?
    // Of these, `nil` leaves what is stored, `.some(nil)` clears it.
    var description: String??
    var maxStudents: Int64??
    var enrollmentDeadline: Timestamp??
    var startDate: Timestamp??
    var endDate: Timestamp??
    var timeZone: String??
    var slug: String??

    init() {}

    init(_ fields: Fields) throws(HubError) {
        title = try fields.filled("title")
        instructorID = try fields.integer("instructor_id")
        coInstructorIDs = try Self.ids("co_instructor_ids", fields)
        kind = try fields.word("course_type")
        lateAfterMinutes = try fields.integer("late_after_minutes", in: AttendanceRule.minutes)
        presentPercent = try fields.integer("present_percent", in: AttendanceRule.percents)
        if fields.has("description") { description = .some(try fields.text("description", .lines, limit: 20_000)) }
        if fields.has("max_students") { maxStudents = .some(try fields.integer("max_students", in: 1...1_000_000)) }
        if fields.has("enrollment_deadline") { enrollmentDeadline = .some(try fields.timestamp("enrollment_deadline")) }
        if fields.has("course_start_date") { startDate = .some(try Self.date("course_start_date", fields)) }
        if fields.has("course_end_date") { endDate = .some(try Self.date("course_end_date", fields)) }
        if fields.has("time_zone") { timeZone = .some(try Self.zone("time_zone", fields)) }
        if fields.has("slug") { slug = .some(try fields.text("slug")) }
    }

    func applied(to course: DirectoryCourse?, id: Int64) throws(HubError) -> DirectoryCourse {
        let fields = Fields(JSONObject())
        var changed: DirectoryCourse
        if let course {
            changed = course
        } else {
            changed = try DirectoryCourse(
                id: id, title: fields.required("title", title),
                instructorID: fields.required("instructor_id", instructorID)
            )
        }
        if let title { changed.title = title }
        if let instructorID { changed.instructorID = instructorID }
        if let coInstructorIDs { changed.coInstructorIDs = coInstructorIDs }
        if let kind { changed.kind = kind }
        if let lateAfterMinutes { changed.attendance.lateAfterMinutes = lateAfterMinutes }
        if let presentPercent { changed.attendance.presentPercent = presentPercent }
        if let description { changed.description = description }
        if let maxStudents { changed.maxStudents = maxStudents }
        if let enrollmentDeadline { changed.enrollmentDeadline = enrollmentDeadline }
        if let startDate { changed.startDate = startDate }
        if let endDate { changed.endDate = endDate }
        if let timeZone { changed.timeZone = timeZone }
        if let slug { changed.slug = slug }
        if let start = changed.startDate, let end = changed.endDate, end < start {
            throw .invalid(
                "course_end_date",
                Localized(
                    en: "course_end_date must not be before course_start_date.",
                    fr: "course_end_date ne peut pas précéder course_start_date."
                )
            )
        }
        return changed
    }

    /// The time in a field. A date without a time counts as midnight UTC.
    private static func date(_ name: String, _ fields: Fields) throws(HubError) -> Timestamp? {
        if let text = fields.value(name)?.stringValue, let date = Timestamp(plainDate: text) { return date }
        return try fields.timestamp(name)
    }

    /// The zone in a field, spelled as the IANA database spells it, whatever capitals were typed.
    private static func zone(_ name: String, _ fields: Fields) throws(HubError) -> String? {
        guard let text = try fields.text(name, limit: 64) else { return nil }
        guard let zone = TimeZones.canonicalName(text) else {
            throw .invalid(
                fields.path(name),
                Localized(
                    en: "time_zone must be the name of a zone such as Africa/Dakar: \(text) is not known here.",
                    fr: "time_zone doit être le nom d’un fuseau comme Africa/Dakar : \(text) n’est pas connu ici."
                )
            )
        }
        return zone
    }

    private static func ids(_ name: String, _ fields: Fields) throws(HubError) -> [Int64]? {
        guard let value = fields.value(name) else { return nil }
        let ids = value.arrayValue?.map { $0.integerValue ?? 0 }
        guard let ids, ids.count <= 100, ids.allSatisfy({ $0 > 0 }) else {
            throw .invalid(
                fields.path(name),
                Localized(en: "\(name) must be a list of ids.", fr: "\(name) doit être une liste d’identifiants.")
            )
        }
        return ids.sorted().reduce(into: []) { list, id in if list.last != id { list.append(id) } }
    }
}
