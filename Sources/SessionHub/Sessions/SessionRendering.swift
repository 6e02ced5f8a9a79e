import StrictJSON

/// The JSON of a session for one reader: the channel's `welcome` has its state, REST's rows and details a little more.
enum SessionRendering {
    /// The state and what depends on the moment: REST's row.
    ///
    /// The room's name is there only for hosts, and for members while the class is live; the password and the address
    /// for joining never are. E-mail addresses, and whether the number of places follows the course, are for hosts.
    ///
    /// - Parameters:
    ///   - participantsCount: how many people were ever let in; nil leaves that out.
    ///   - windows: what `can_join` depends on; nil leaves that out.
    static func json(
        for access: SessionAccess, now: Timestamp, participantsCount: Int64? = nil, windows: ClassWindows? = nil
    ) -> JSONObject {
        var object = state(access)
        if access.isWelcome, access.isHost || access.session.status == .live {
            object["jitsi_room_name"] = .string(access.session.roomName)
        }
        if access.isHost {
            object["instructor_email"] = .string(access.instructorEmail)
            object["follows_course"] = .bool(access.session.followsCourse)
        }
        if let participantsCount { object["participants_count"] = .integer(participantsCount) }
        if let windows { object["can_join"] = .bool(canJoin(access, now: now, windows: windows)) }
        object["server_time"] = .string(now.text)
        return object
    }

    /// The seed's flat columns, beside `course {}` and `instructor {}`. They are the same for every reader, and none
    /// that belongs to the session changes without an event.
    static func state(_ access: SessionAccess) -> JSONObject {
        let session = access.session
        return [
            "id": .integer(session.id),
            "course_id": .integer(session.courseID),
            "instructor_id": .integer(session.instructorID),
            "title": .string(session.title),
            "description": .optional(session.description),
            "thumbnail_url": .optional(session.thumbnailURL),
            "scheduled_start_at": .string(session.scheduledStart.text),
            "scheduled_end_at": .string(session.scheduledEnd.text),
            "actual_start_at": .optional(session.actualStart),
            "actual_end_at": .optional(session.actualEnd),
            "jitsi_server_url": .string(session.serverURL),
            "max_participants": .integer(session.maxParticipants),
            "is_recording_enabled": .bool(session.isRecordingEnabled),
            "recording_url": .optional(session.recordingURL),
            "is_chat_enabled": .bool(session.isChatEnabled),
            "chat_mode": .string(session.chatMode.rawValue),
            "slow_mode_seconds": .integer(session.slowModeSeconds),
            "questions_need_approval": .bool(session.needsApproval),
            "is_anonymous_allowed": .bool(session.isAnonymousAllowed),
            "status": .string(session.status.rawValue),
            "ended_by": .optional(session.endedBy),
            "ending_at": .optional(session.endingAt),
            "created_at": .string(session.createdAt.text),
            "updated_at": .string(session.updatedAt.text),
            "course_title": .string(access.courseTitle),
            "instructor_first_name": .string(access.instructor.firstName),
            "instructor_last_name": .string(access.instructor.lastName),
            "course": ["id": .integer(session.courseID), "title": .string(access.courseTitle)],
            "instructor": access.instructor.json,
        ]
    }

    /// Whether `join` would let this person in now, apart from the capacity.
    static func canJoin(_ access: SessionAccess, now: Timestamp, windows: ClassWindows) -> Bool {
        guard access.isWelcome else { return false }
        do {
            try SessionLifecycle.join(access.session, isHost: access.isHost, now: now, windows: windows)
            return true
        } catch {
            return false
        }
    }
}
