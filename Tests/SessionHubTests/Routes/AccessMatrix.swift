import Testing

/// Who may use which route: one line a route, one column a caller, the expected status in each cell.
///
/// The callers, all towards course 1 and its classes:
///
/// | column | who |
/// | --- | --- |
/// | none | no token |
/// | expired | the student's token, a second after its end |
/// | outsider | a student of nothing |
/// | student | an enrolled student |
/// | former | a student whose enrollment is no more active |
/// | assist | the co-instructor of the course |
/// | teacher | the instructor of the course and of the session |
/// | other | the instructor of another course |
/// | admin | an administrator |
/// | service | a service of the platform |
/// | channel | the student's channel token of this class |
///
/// `{scheduled}`, `{live}`, `{ended}` are classes of course 1, new for every cell; the live one has the student in it, so that
/// there is something to see. What the administrator deletes is gone for the service. `{new}` is an id that nobody has, `{event}` an event of course 1. Bodies stand in `AccessMatrixTests`.
enum AccessMatrix {
    static let table = """
        route                                               none expired outsider student former assist teacher other admin service channel
        GET    /livez                                       200  200     200      200     200    200    200     200   200   200     200
        GET    /readyz                                      200  200     200      200     200    200    200     200   200   200     200
        GET    /api/config                                  200  200     200      200     200    200    200     200   200   200     200
        GET    /api/status                                  401  401     403      403     403    403    403     403   200   200     403
        POST   /api/auth/sign-in-link                       401  401     401      401     401    401    401     401   401   401     401
        POST   /api/auth/login                              401  401     401      401     401    401    401     401   401   401     401
        POST   /api/auth/refresh                            401  401     403      403     403    403    403     403   403   403     403
        PUT    /api/auth/password                           401  401     403      403     403    403    403     403   403   403     403
        GET    /api/auth/me                                 401  401     200      200     200    200    200     200   200   200     403
        GET    /api/identity-conflicts                      401  401     403      403     403    403    403     403   200   200     403
        POST   /api/users/20/sign-in-link                   401  401     403      403     403    201    201     403   201   201     403
        POST   /api/users/{new}/sign-in-link                401  401     403      403     403    403    403     403   404   404     403
        POST   /api/courses/1/sign-in-links                 401  401     404      403     404    201    201     404   201   201     403

        POST   /api/courses/1/live-sessions                 401  401     404      403     404    201    201     404   201   201     403
        POST   /api/live-sessions                           401  401     404      403     404    201    201     404   201   201     403
        GET    /api/courses/1/live-sessions                 401  401     404      200     404    200    200     404   200   200     403
        GET    /api/live-sessions/{scheduled}               401  401     404      200     404    200    200     404   200   200     403
        GET    /api/live-sessions/{live}                    401  401     404      200     404    200    200     404   200   200     403
        GET    /api/live-sessions/{ended}                   401  401     404      200     404    200    200     404   200   200     403
        PUT    /api/live-sessions/{scheduled}               401  401     404      403     404    200    200     404   200   200     403
        PUT    /api/live-sessions/{live}                    401  401     404      403     404    200    200     404   200   200     403
        DELETE /api/live-sessions/{scheduled}               401  401     404      403     404    200    200     404   200   200     403
        POST   /api/live-sessions/{scheduled}/start         401  401     404      403     404    200    200     404   200   200     403
        POST   /api/live-sessions/{live}/end                401  401     404      403     404    200    200     404   200   200     403
        POST   /api/live-sessions/{ended}/reopen            401  401     404      403     404    200    200     404   200   200     403
        POST   /api/live-sessions/{scheduled}/cancel        401  401     404      403     404    200    200     404   200   200     403

        GET    /api/live-sessions/{live}/participants       401  401     404      200     404    200    200     404   200   200     403
        POST   /api/live-sessions/{live}/join               401  401     404      200     404    200    200     404   200   403     403
        POST   /api/live-sessions/{scheduled}/join          401  401     404      400     404    200    200     404   200   403     403
        POST   /api/live-sessions/{live}/leave              401  401     404      200     404    200    200     404   200   200     403
        POST   /api/live-sessions/{live}/jitsi-token        401  401     404      200     404    200    200     404   200   403     403
        GET    /api/live-sessions/{live}/attendance         401  401     404      403     404    200    200     404   200   200     403
        GET    /api/live-sessions/{live}/attendance.csv     401  401     404      403     404    200    200     404   200   200     403
        GET    /api/live-sessions/{live}/presence           401  401     404      200     404    200    200     404   200   200     403
        GET    /api/live-sessions/{live}/chat               401  401     404      200     404    200    200     404   200   200     403
        GET    /api/live-sessions/{live}/events             401  401     404      200     404    200    200     404   200   200     403
        GET    /api/live-sessions/{live}/channel            426  426     426      426     426    426    426     426   426   426     426

        GET    /api/student/live-sessions                   401  401     200      200     200    200    200     200   200   200     403
        GET    /api/student/calendar/live-sessions          401  401     200      200     200    200    200     200   200   200     403
        GET    /api/instructor/live-sessions                401  401     200      200     200    200    200     200   200   200     403
        GET    /api/calendar/events                         401  401     200      200     200    200    200     200   200   200     403
        GET    /api/calendar                                401  401     200      200     200    200    200     200   200   200     403
        GET    /api/me/courses                              401  401     200      200     200    200    200     200   200   200     403
        POST   /api/calendar/events                         401  401     404      403     404    201    201     404   201   201     403
        PUT    /api/calendar/events/{event}                 401  401     404      403     404    200    200     404   200   200     403
        DELETE /api/calendar/events/{event}                 401  401     404      403     404    200    200     404   200   200     403

        GET    /api/users                                   401  401     403      403     403    403    403     403   200   200     403
        POST   /api/users                                   401  401     403      403     403    403    403     403   201   201     403
        GET    /api/users/20                                401  401     403      403     403    403    403     403   200   200     403
        PUT    /api/users/{new}                             401  401     403      403     403    403    403     403   201   201     403
        DELETE /api/users/23                                401  401     403      403     403    403    403     403   200   404     403
        POST   /api/users/{new}/revoke                      401  401     403      403     403    403    403     403   404   404     403
        GET    /api/courses                                 401  401     403      403     403    403    403     403   200   200     403
        POST   /api/courses                                 401  401     403      403     403    403    403     403   201   201     403
        GET    /api/courses/1                               401  401     403      403     403    403    403     403   200   200     403
        PUT    /api/courses/{new}                           401  401     403      403     403    403    403     403   201   201     403
        DELETE /api/courses/2                               401  401     403      403     403    403    403     403   200   404     403
        GET    /api/courses/1/enrollments                   401  401     403      403     403    403    403     403   200   200     403
        GET    /api/courses/1/enrollments/20                401  401     403      403     403    403    403     403   200   200     403
        PUT    /api/courses/1/enrollments/21                401  401     403      403     403    403    403     403   200   200     403
        DELETE /api/courses/1/enrollments/21                401  401     403      403     403    403    403     403   200   404     403
        POST   /api/directory/import                        401  401     403      403     403    403    403     403   200   200     403
        """

    struct Row: Sendable, CustomTestStringConvertible {
        let method: String
        let path: String
        let statuses: [Int]

        var testDescription: String { "\(method) \(path)" }

        /// The path with this id in every place of one.
        func path(with id: String) -> String { path.replacing(/\{[a-z]+\}/, with: id) }
    }

    static let callers = table.prefix { $0 != "\n" }.split(separator: " ").dropFirst().map(String.init)

    static let rows: [Row] = table.split(separator: "\n").dropFirst().map { line in
        let words = line.split(separator: " ")
        return Row(
            method: String(words[0]), path: String(words[1]), statuses: words.dropFirst(2).compactMap { Int($0) })
    }
}
