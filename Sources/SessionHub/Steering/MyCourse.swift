import StrictJSON

/// A course of one person, as that person sees it.
struct MyCourse: Sendable {
    let course: DirectoryCourse
    let instructor: Person
    let role: ClassRole
    /// The person's active enrollment; whoever only teaches the course has none.
    let enrollment: Enrollment?
    let next: LiveSession?

    var json: JSON {
        let object: JSONObject = [
            "id": .integer(course.id), "title": .string(course.title), "description": .optional(course.description),
            "course_type": .string(course.kind.rawValue), "course_start_date": .optional(course.startDate),
            "course_end_date": .optional(course.endDate), "time_zone": .optional(course.timeZone),
            "role": .string(role.rawValue), "instructor": instructor.json,
            "enrollment_id": .optional(enrollment?.id), "enrollment_status": .optional(enrollment?.status.rawValue),
            "next_session": next.map(Self.json) ?? .null,
        ]
        return .object(role == .participant ? object : object.adding(course.attendance.members))
    }

    private static func json(_ session: LiveSession) -> JSON {
        [
            "id": .integer(session.id), "title": .string(session.title), "status": .string(session.status.rawValue),
            "scheduled_start_at": .string(session.scheduledStart.text),
            "scheduled_end_at": .string(session.scheduledEnd.text),
        ]
    }
}
