/// What follows how many people a course has or may have: the places in its classes.
package protocol CourseFollower: Sendable {
    /// The course has grown, in this transaction.
    func grow(_ course: Int64, in transaction: JournalTransaction) throws
}
