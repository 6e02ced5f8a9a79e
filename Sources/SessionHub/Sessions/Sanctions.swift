import Database

/// What hosts have imposed on one person in one class. It holds whatever the person becomes, unless that is an
/// administrator.
struct Sanctions: Sendable, Equatable {
    enum Mute: Sendable, Equatable {
        case none
        /// By the class's own time.
        case until(Timestamp)
        /// Until a host takes it back.
        case endless
    }

    var mute = Mute.none
    /// Whether the person was sent away and has not come in again.
    var isRemoved = false
    var isBannedFromSession = false
    var isBannedFromCourse = false

    var isBanned: Bool { isBannedFromSession || isBannedFromCourse }

    /// - Parameter now: by the class's own time.
    func isMuted(at now: Timestamp) -> Bool {
        switch mute {
        case .none: false
        case .until(let end): end > now
        case .endless: true
        }
    }
}

extension Sanctions {
    /// Reads a row of `SessionAccess.columns`.
    init(row: SQLRow) {
        if row.optionalInteger("is_muted") == 1 {
            mute = row.optionalTimestamp("muted_until").map { .until($0) } ?? .endless
        }
        isRemoved = row.optionalInteger("removed_at") != nil
        isBannedFromSession = row.optionalInteger("banned_at") != nil
        isBannedFromCourse = row.optionalInteger("course_banned_at") != nil
    }
}

/// Who stands above whom among those who hold a class. A host moderates whoever stands below.
enum Standing: Int, Sendable, Comparable {
    case none, coHost, teacher, instructor, administrator

    static func < (one: Standing, other: Standing) -> Bool { one.rawValue < other.rawValue }
}
