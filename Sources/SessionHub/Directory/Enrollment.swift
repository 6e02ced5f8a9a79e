import StrictJSON

/// One person in one course: a row of `enrollments`. While it is active the person is a member, whatever its status.
struct Enrollment: Sendable, Equatable {
    enum Status: String, Sendable, CaseIterable {
        case enrolled
        case inProgress = "in_progress"
        case completed, certified
    }

    /// 0 as long as the store has made none.
    var id: Int64 = 0
    let courseID: Int64
    let userID: Int64
    var status = Status.enrolled
    var isActive = true

    /// Takes over what the change names, but for the id, which only the store may give.
    mutating func apply(_ change: EnrollmentChange) {
        status = change.status ?? status
        isActive = change.isActive ?? isActive
    }

    var json: JSON { .object(members) }

    var members: JSONObject {
        [
            "id": .integer(id), "course_id": .integer(courseID), "user_id": .integer(userID),
            "status": .string(status.rawValue), "is_active": .bool(isActive),
        ]
    }
}

/// What a request wants an enrollment to be. A field that is absent leaves the stored value as it is; a new enrollment
/// is `enrolled` and active.
struct EnrollmentChange: Sendable {
    /// The id that the platform gives to the enrollment.
    var id: Int64?
    var status: Enrollment.Status?
    var isActive: Bool?

    init() {}

    init(_ fields: Fields) throws(HubError) {
        // The bound leaves room as well: SQLite makes the next id from the largest one, and after 2^63 - 1 there is
        // none.
        id = try fields.integer("id")
        status = try fields.word("status")
        isActive = try fields.bool("is_active")
    }
}
