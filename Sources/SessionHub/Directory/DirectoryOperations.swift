/// What administrators and the platform's services do with courses and memberships, inside the writer's transaction.
struct DirectoryOperations: Sendable {
    private let room: any CourseFollower

    init(room: any CourseFollower) { self.room = room }

    // MARK: - Courses

    /// A course with an id of this hub's own.
    func createCourse(_ change: CourseChange, in transaction: JournalTransaction) throws -> DirectoryCourse {
        try CourseStore.put(MadeID.courses.take(in: transaction.connection), change, in: transaction).course
    }

    /// Creates or changes a course; its classes follow how many people it may have.
    ///
    /// - Returns: the course, and whether there was none before.
    func putCourse(
        _ id: Int64, _ change: CourseChange, in transaction: JournalTransaction
    ) throws -> (course: DirectoryCourse, isNew: Bool) {
        let put = try CourseStore.put(id, change, in: transaction)
        if change.maxStudents != nil { try room.grow(id, in: transaction) }
        return put
    }

    func deleteCourse(_ id: Int64, in transaction: JournalTransaction) throws {
        try CourseStore.delete(id, in: transaction.connection)
    }

    // MARK: - Memberships

    /// Creates or changes an enrollment; the classes of the course follow how many members it has.
    ///
    /// - Parameter force: lets somebody in beyond `max_students` and after `enrollment_deadline`.
    /// - Returns: the enrollment, and whether there was none before. Throws `course_not_found`, `user_not_found`,
    ///   `conflict`.
    func enroll(
        _ user: Int64, in course: Int64, _ change: EnrollmentChange, force: Bool, in transaction: JournalTransaction
    ) throws -> (enrollment: Enrollment, isNew: Bool) {
        guard try CourseStore.find(course, in: transaction.connection) != nil else { throw HubError(.courseNotFound) }
        guard try UserStore.exists(user, in: transaction.connection) else { throw HubError(.userNotFound) }
        let put = try EnrollmentStore.put(course: course, user: user, change, force: force, in: transaction)
        if put.isMembershipChanged { try room.grow(course, in: transaction) }
        return (put.enrollment, put.isNew)
    }

    func deleteEnrollment(of user: Int64, in course: Int64, in transaction: JournalTransaction) throws {
        guard try EnrollmentStore.delete(course: course, user: user, in: transaction) else { throw Self.notEnrolled }
    }

    static let notEnrolled = HubError(
        .notFound,
        Localized(
            en: "This person has no enrollment in this course.", fr: "Cette personne n’est pas inscrite à ce cours."
        )
    )
}
