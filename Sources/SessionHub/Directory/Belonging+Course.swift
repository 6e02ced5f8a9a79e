import Database

/// Who may ask for a route of a course, which the path names by `courseId`.
extension Belonging where Access == CourseAccess {
    /// Whoever teaches or attends the course. Everybody else is told that there is no such course.
    static let inCourse = Belonging { call in
        try call.id("courseId")
    } check: { id, caller, connection in
        try CourseAccess.load(id, caller: caller, in: connection)
    }

    static let courseHosts = courseHosts { call in try call.id("courseId") }

    /// - Parameter place: takes the course's id from the request, where the path does not name it.
    static func courseHosts(at place: @escaping @Sendable (Call) throws -> Int64) -> Belonging {
        Belonging(at: place) { id, caller, connection in
            let access = try CourseAccess.load(id, caller: caller, in: connection)
            try access.requireHost()
            return access
        }
    }
}
