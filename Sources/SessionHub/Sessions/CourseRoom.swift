import Database
import StrictJSON

/// How many may attend a class for which nobody has set a number: everybody in its course.
///
/// Such a class is never full for a member. The number is a round one above what the course needs, so that it seldom
/// has to grow. A number that a host sets stays.
struct CourseRoom: CourseFollower {
    /// The default of AMPHI_MAX_PARTICIPANTS.
    static let standard: Int64 = 50
    /// The most that a class may be set to.
    static let most: Int64 = 100_000
    private static let step: Int64 = 50

    private let least: Int64

    /// - Parameter least: AMPHI_MAX_PARTICIPANTS.
    init(least: Int64 = standard) { self.least = least }

    /// - Parameters:
    ///   - members: how many active members the course has.
    ///   - maxStudents: how many students the course may have.
    func size(members: Int64, maxStudents: Int64?) -> Int64 {
        let rounded = (members + Self.step - 1) / Self.step * Self.step
        return min(Self.most, max(least, maxStudents ?? 0, members > least ? rounded : 0))
    }

    func size(of course: Int64, in connection: any SQLConnection) throws -> Int64 {
        let row = try connection.first("SELECT max_students FROM courses WHERE id = $1", [.integer(course)])
        return size(
            members: try EnrollmentStore.members(of: course, in: connection),
            maxStudents: row?.optionalInteger("max_students")
        )
    }

    /// Makes room for those who have joined a course in the classes that follow it, and tells them.
    func grow(_ course: Int64, in transaction: JournalTransaction) throws {
        let size = try size(of: course, in: transaction.connection)
        let sessions = try transaction.connection.query(
            """
            UPDATE live_sessions SET max_participants = $2, updated_at = $3
            WHERE course_id = $1 AND follows_course = 1 AND status IN ('scheduled', 'live') AND deleted_at IS NULL
                AND max_participants < $2
            RETURNING id
            """,
            [.integer(course), .integer(size), .timestamp(transaction.now)]
        )
        for session in sessions.map({ $0.integer("id") }).sorted() {
            try transaction.append(
                .sessionUpdated, to: session, payload: ["changes": ["max_participants": .integer(size)]], by: nil
            )
        }
    }
}
