/// Keeps the classes of a course large enough for its members. The Directory tells it of changes without knowing
/// classes.
protocol CourseFollower: Sendable {
    /// Called in the transaction in which the course got other members, or another limit for them.
    func grow(_ course: Int64, in transaction: JournalTransaction) throws
}
