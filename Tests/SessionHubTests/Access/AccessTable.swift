import Testing

/// A table that people read: what is done in each line, who does it in each column, the expected answer in each cell.
struct AccessTable: Sendable {
    /// Who asks, towards course 1 and its classes. What each is allowed stands in the tables alone.
    enum Caller: String, Sendable, CaseIterable {
        /// No token.
        case none
        /// An administrator's token, in the second of its end.
        case expired
        /// An administrator's token from before POST /api/users/1/revoke.
        case revoked
        /// A student of nothing.
        case outsider
        /// An enrolled student who never came to the class.
        case student
        /// An enrolled student who is in the class; where it is over, who was; where it has not begun, who will be.
        case member
        /// Was in the class as a student; the enrollment is no more active.
        case former
        /// A student whom the class has as its co-host.
        case cohost
        /// The co-instructor of the course.
        case assist
        /// The instructor of the course and of the class.
        case teacher
        /// The instructor of another course.
        case other
        case admin
        /// A service of the platform.
        case service
        /// The member again, with the channel token of this class.
        case channel
        /// A guest of this class, in it where it is live; towards what is about no class, a guest of some class.
        case guest
    }

    struct Row: Sendable {
        /// What is done.
        let words: [String]
        let answers: [(caller: Caller, expected: String)]

        /// The cell of this caller.
        subscript(_ caller: Caller) -> String { answers.first { $0.caller == caller }?.expected ?? "" }
    }

    let callers: [Caller]
    let rows: [Row]

    /// The first line names the columns, after what is done. A blank line parts, no more.
    init(_ text: String) {
        let lines = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        let callers = lines.first?.compactMap(Caller.init) ?? []
        self.callers = callers
        rows = lines.dropFirst().map { line in
            Row(
                words: Array(line.dropLast(callers.count)),
                answers: zip(callers, line.suffix(callers.count)).map { (caller: $0, expected: $1) })
        }
    }
}
