/// What one item of the writer may change: every item names it.
///
/// With SQLite one writer does everything, one item after the other, and the scope has no effect; tests check it
/// (`JournalDriver`). A store with several writers takes the locks of the scope before the item reads anything, so that
/// its rules are as safe there: an item changes nothing outside of its scope, and may be run again when its transaction
/// could not be committed.
package enum JournalScope: Sendable, Hashable {
    /// One class: its row, its events, seats, attendance and messages.
    case session(Int64)
    /// Classes that only the item itself finds.
    case sessions
    /// People, courses, memberships, sign-in, the calendar; also which ids were given to those who were made here.
    case directory
    case directoryAndSessions
    /// Facts of the hub itself: its clocks, its epoch.
    case hub

    /// The parts of the store, by which the tables are told apart.
    package enum Part: Sendable, CaseIterable {
        case sessions, directory, hub
    }

    package var parts: Set<Part> {
        switch self {
        case .session, .sessions: [.sessions]
        case .directory: [.directory, .hub]
        case .directoryAndSessions: [.sessions, .directory, .hub]
        case .hub: [.hub]
        }
    }

    /// Whether an item may change this class.
    func includes(session: Int64) -> Bool {
        if case .session(let id) = self { return id == session }
        return parts.contains(.sessions)
    }

    /// Which part of the store each table belongs to. A test compares it with the schema.
    package static let tables: [String: Part] = [
        "live_sessions": .sessions, "live_session_heads": .sessions, "live_session_participants": .sessions,
        "live_session_attendance": .sessions,
        "live_session_chat": .sessions, "live_session_events": .sessions, "live_session_sanctions": .sessions,
        "course_bans": .sessions, "moderation_acts": .sessions, "question_votes": .sessions,
        "live_session_cohosts": .sessions, "live_session_materials": .sessions, "live_session_tasks": .sessions,
        "attendance_corrections": .sessions, "live_session_guests": .sessions,
        "users": .directory, "deleted_users": .directory, "retired_user_ids": .directory, "user_bindings": .directory,
        "new_bindings": .directory, "courses": .directory, "course_instructors": .directory, "enrollments": .directory,
        "sign_in_codes": .directory, "service_tokens": .directory, "events": .directory,
        "import_users": .directory, "import_unchanged_users": .directory, "import_courses": .directory,
        "import_course_instructors": .directory, "import_enrollments": .directory, "seed_imports": .directory,
        "hub": .hub, "idempotency_keys": .hub,
    ]

    /// Those that only a database of several hubs has. They say what hubs that serve do now, and stay behind when the
    /// data is copied.
    package static let ofNodes: [String: Part] = [
        "hub_lanes": .hub, "hub_nodes": .hub, "hub_commits": .hub, "hub_news": .hub, "live_session_places": .sessions,
        "login_delays": .directory,
    ]
}
