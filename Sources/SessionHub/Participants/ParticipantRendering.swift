import StrictJSON

/// The JSON of participants: the seed's columns beside `user {}`.
struct ParticipantRendering: Sendable {
    init() {}

    /// - Parameter access: what the reader is to the class: only hosts see e-mail addresses.
    func json(_ people: [Participant], for access: SessionAccess, now: Timestamp) -> JSON {
        .array(people.map { .object(json($0, for: access, now: now)) })
    }

    func json(_ participant: Participant, for access: SessionAccess, now: Timestamp) -> JSONObject {
        let sum = participant.sum(in: access.session, now: now)
        var object: JSONObject = [
            "id": .integer(participant.id),
            "session_id": .integer(access.session.id),
            "user_id": .integer(participant.person.id),
            "enrollment_id": .optional(participant.enrollmentID),
            "joined_at": .string(participant.joinedAt.text),
            "left_at": .optional(participant.leftAt),
            "attendance_duration": .integer(sum.minutes),
            "attendance_seconds": .integer(sum.seconds),
            "is_present": .bool(participant.isSeated),
            "role": .string(participant.role.rawValue),
            "first_name": .string(participant.person.firstName),
            "last_name": .string(participant.person.lastName),
            "avatar": .optional(participant.person.avatar),
            "profile_picture": .optional(participant.person.avatar),
            "created_at": .string(participant.firstJoinedAt.text),
            "user": participant.person.json,
        ]
        if access.isHost { object["email"] = .string(participant.email) }
        return object
    }

    /// How the reader attended a class of a list; somebody who was never let in has no times.
    func own(_ participant: Participant?, in session: LiveSession, now: Timestamp) -> JSONObject {
        let sum = participant?.sum(in: session, now: now) ?? AttendanceSum(milliseconds: 0)
        return [
            "joined_at": .optional(participant?.joinedAt), "left_at": .optional(participant?.leftAt),
            "is_present": .bool(participant?.isSeated ?? false), "attendance_duration": .integer(sum.minutes),
            "attendance_seconds": .integer(sum.seconds),
        ]
    }

    /// Every segment, for those who must be able to check a sum.
    func json(_ segments: [AttendanceSegment]) -> JSON {
        .array(
            segments.map {
                [
                    "joined_at": .string($0.joinedAt.text), "left_at": .optional($0.leftAt),
                    "last_seen_at": .string($0.lastSeenAt.text), "source": .string($0.source.rawValue),
                ]
            }
        )
    }
}
