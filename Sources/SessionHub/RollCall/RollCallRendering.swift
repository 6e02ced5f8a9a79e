import StrictJSON

/// The JSON of a roll-call, as of a moment.
struct RollCallRendering: Sendable {
    private let rollCall: RollCall
    private let now: Timestamp

    /// - Parameter now: by the class's own time.
    init(_ rollCall: RollCall, now: Timestamp) {
        self.rollCall = rollCall
        self.now = now
    }

    func record(of entry: RollCall.Entry) -> RollCall.Record { rollCall.record(of: entry, now: now) }

    /// The class and the thresholds of its course.
    var head: JSONObject { JSONObject([("session", session)]).adding(rollCall.course.attendance.members) }

    var session: JSON {
        let session = rollCall.session
        return [
            "id": .integer(session.id), "title": .string(session.title), "status": .string(session.status.rawValue),
            "course": ["id": .integer(session.courseID), "title": .string(rollCall.course.title)],
            "actual_start_at": .optional(session.actualStart), "actual_end_at": .optional(session.actualEnd),
        ]
    }

    func person(_ entry: RollCall.Entry) -> JSONObject {
        let record = record(of: entry)
        let members: JSONObject = [
            "user": entry.person.json, "role": .string(entry.role.rawValue), "is_expected": .bool(entry.isExpected),
            "first_joined_at": .optional(entry.firstJoinedAt), "attendance_seconds": .integer(record.sum.seconds),
        ]
        return members.adding(statuses(entry, record))
    }

    /// What somebody's attendance comes to, for a row that has the figures.
    func statuses(_ entry: RollCall.Entry, _ record: RollCall.Record) -> JSONObject {
        [
            "status": .string((entry.correction?.status ?? record.status).rawValue),
            "recorded_status": .string(record.status.rawValue), "attendance_percent": .integer(record.percent),
            "corrected": entry.correction?.json ?? .null,
        ]
    }
}
