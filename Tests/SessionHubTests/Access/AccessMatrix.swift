import Testing

/// Who may use which route: one line a route, one column a caller (`AccessTable.Caller`), the expected status in each
/// cell.
///
/// `{scheduled}`, `{live}`, `{ended}` are classes of course 1, new for every cell; the first begins in five minutes,
/// the others have the member in them. `{new}` is an id that nobody has, `{event}` an event of course 1, `{person}`
/// somebody new who is enrolled in it, `{course}` a new course, `{guest}`
/// another guest of the class. Bodies stand in `AccessMatrixTests`.
enum AccessMatrix {
    static let table = """
        route                                              none expired revoked outsider student member former cohost assist teacher other admin service channel guest
        GET    /livez                                      200  200     200     200      200     200    200    200    200    200     200   200   200     200     200
        GET    /readyz                                     200  200     200     200      200     200    200    200    200    200     200   200   200     200     200
        GET    /api/config                                 200  200     200     200      200     200    200    200    200    200     200   200   200     200     200
        GET    /                                           200  200     200     200      200     200    200    200    200    200     200   200   200     200     200
        GET    /sign-in                                    200  200     200     200      200     200    200    200    200    200     200   200   200     200     200
        GET    /account                                    200  200     200     200      200     200    200    200    200    200     200   200   200     200     200
        GET    /admin                                      200  200     200     200      200     200    200    200    200    200     200   200   200     200     200
        GET    /course/1/links                             200  200     200     200      200     200    200    200    200    200     200   200   200     200     200
        GET    /class/1                                    200  200     200     200      200     200    200    200    200    200     200   200   200     200     200
        GET    /class/1/attendance                         200  200     200     200      200     200    200    200    200    200     200   200   200     200     200
        GET    /api/status                                 401  401     401     403      403     403    403    403    403    403     403   200   200     403     403

        POST   /api/auth/sign-in-link                      401  401     401     401      401     401    401    401    401    401     401   401   401     401     401
        POST   /api/auth/login                             401  401     401     401      401     401    401    401    401    401     401   401   401     401     401
        POST   /api/auth/refresh                           401  401     401     403      403     403    403    403    403    403     403   403   403     403     200
        PUT    /api/auth/password                          401  401     401     403      403     403    403    403    403    403     403   403   403     403     403
        GET    /api/auth/me                                401  401     401     200      200     200    200    200    200    200     200   200   200     403     200
        GET    /api/identity-conflicts                     401  401     401     403      403     403    403    403    403    403     403   200   200     403     403
        POST   /api/users/20/sign-in-link                  401  401     401     403      403     403    403    403    201    201     403   201   201     403     403
        POST   /api/users/{new}/sign-in-link               401  401     401     403      403     403    403    403    403    403     403   404   404     403     403
        POST   /api/courses/1/sign-in-links                401  401     401     404      403     403    404    403    201    201     404   201   201     403     404

        POST   /api/courses/1/live-sessions                401  401     401     404      403     403    404    403    201    201     404   201   201     403     404
        POST   /api/live-sessions                          401  401     401     404      403     403    404    403    201    201     404   201   201     403     404
        GET    /api/courses/1/live-sessions                401  401     401     404      200     200    404    200    200    200     404   200   200     403     404
        GET    /api/live-sessions/{scheduled}              401  401     401     404      200     200    404    200    200    200     404   200   200     403     200
        GET    /api/live-sessions/{live}                   401  401     401     404      200     200    404    200    200    200     404   200   200     403     200
        GET    /api/live-sessions/{ended}                  401  401     401     404      200     200    404    200    200    200     404   200   200     403     200
        PUT    /api/live-sessions/{scheduled}              401  401     401     404      403     403    404    200    200    200     404   200   200     403     403
        PUT    /api/live-sessions/{live}                   401  401     401     404      403     403    404    200    200    200     404   200   200     403     403
        PUT    /api/live-sessions/{ended}                  401  401     401     404      403     403    404    200    200    200     404   200   200     403     403
        DELETE /api/live-sessions/{scheduled}              401  401     401     404      403     403    404    200    200    200     404   200   200     403     403
        DELETE /api/live-sessions/{live}                   401  401     401     404      403     403    404    400    400    400     404   400   400     403     403
        DELETE /api/live-sessions/{ended}                  401  401     401     404      403     403    404    200    200    200     404   200   200     403     403
        POST   /api/live-sessions/{scheduled}/start        401  401     401     404      403     403    404    200    200    200     404   200   200     403     403
        POST   /api/live-sessions/{live}/start             401  401     401     404      403     403    404    400    400    400     404   400   400     403     403
        POST   /api/live-sessions/{ended}/start            401  401     401     404      403     403    404    400    400    400     404   400   400     403     403
        POST   /api/live-sessions/{scheduled}/end          401  401     401     404      403     403    404    400    400    400     404   400   400     403     403
        POST   /api/live-sessions/{live}/end               401  401     401     404      403     403    404    200    200    200     404   200   200     403     403
        POST   /api/live-sessions/{ended}/end              401  401     401     404      403     403    404    400    400    400     404   400   400     403     403
        POST   /api/live-sessions/{scheduled}/reopen       401  401     401     404      403     403    404    400    400    400     404   400   400     403     403
        POST   /api/live-sessions/{live}/reopen            401  401     401     404      403     403    404    400    400    400     404   400   400     403     403
        POST   /api/live-sessions/{ended}/reopen           401  401     401     404      403     403    404    200    200    200     404   200   200     403     403
        POST   /api/live-sessions/{scheduled}/cancel       401  401     401     404      403     403    404    200    200    200     404   200   200     403     403
        POST   /api/live-sessions/{live}/cancel            401  401     401     404      403     403    404    400    400    400     404   400   400     403     403
        POST   /api/live-sessions/{ended}/cancel           401  401     401     404      403     403    404    400    400    400     404   400   400     403     403

        POST   /api/live-sessions/{scheduled}/join         401  401     401     404      400     400    404    200    200    200     404   200   403     403     400
        POST   /api/live-sessions/{live}/join              401  401     401     404      200     200    404    200    200    200     404   200   403     403     200
        POST   /api/live-sessions/{ended}/join             401  401     401     404      400     400    404    400    400    400     404   400   403     403     400
        POST   /api/live-sessions/{scheduled}/jitsi-token  401  401     401     404      400     400    404    200    200    200     404   200   403     403     400
        POST   /api/live-sessions/{live}/jitsi-token       401  401     401     404      400     200    404    200    200    200     404   200   403     403     200
        POST   /api/live-sessions/{ended}/jitsi-token      401  401     401     404      400     400    404    400    400    400     404   400   403     403     400
        POST   /api/live-sessions/{live}/leave             401  401     401     404      404     200    200    200    404    404     404   404   404     403     200
        GET    /api/live-sessions/{live}/attendance        401  401     401     404      403     403    404    200    200    200     404   200   200     403     403
        GET    /api/live-sessions/{live}/attendance.csv    401  401     401     404      403     403    404    200    200    200     404   200   200     403     403
        GET    /api/live-sessions/{scheduled}/roll-call    401  401     401     404      403     403    404    200    200    200     404   200   200     403     403
        GET    /api/live-sessions/{live}/roll-call         401  401     401     404      403     403    404    200    200    200     404   200   200     403     403
        GET    /api/live-sessions/{ended}/roll-call        401  401     401     404      403     403    404    200    200    200     404   200   200     403     403
        GET    /api/live-sessions/{live}/attendance/me     401  401     401     404      200     200    200    200    200    200     404   200   403     403     200
        GET    /api/live-sessions/{ended}/attendance/me    401  401     401     404      200     200    200    200    200    200     404   200   403     403     200
        POST   /api/live-sessions/{scheduled}/attendance/20/corrections 401  401     401     404      403     403    404    400    400    400     404   400   400     403     403
        POST   /api/live-sessions/{live}/attendance/20/corrections 401  401     401     404      403     403    404    201    201    201     404   201   201     403     403
        POST   /api/live-sessions/{ended}/attendance/20/corrections 401  401     401     404      403     403    404    201    201    201     404   201   201     403     403
        GET    /api/live-sessions/{live}/attendance/20/corrections 401  401     401     404      403     200    404    200    200    200     404   200   200     403     403
        GET    /api/live-sessions/{live}/participants      401  401     401     404      200     200    404    200    200    200     404   200   200     403     200
        GET    /api/live-sessions/{live}/presence          401  401     401     404      200     200    404    200    200    200     404   200   200     403     200
        POST   /api/live-sessions/{live}/moderation        401  401     401     404      403     403    404    200    200    200     404   200   200     403     403
        GET    /api/live-sessions/{live}/moderation        401  401     401     404      403     403    404    200    200    200     404   200   200     403     403
        POST   /api/live-sessions/{ended}/moderation       401  401     401     404      403     403    404    200    200    200     404   200   200     403     403
        GET    /api/live-sessions/{ended}/moderation       401  401     401     404      403     403    404    200    200    200     404   200   200     403     403
        GET    /api/live-sessions/{live}/questions         401  401     401     404      200     200    404    200    200    200     404   200   200     403     200
        GET    /api/live-sessions/{live}/questions.csv     401  401     401     404      403     403    404    200    200    200     404   200   200     403     403
        POST   /api/live-sessions/{live}/questions/{question}/vote 401  401     401     404      200     200    404    200    200    200     404   200   403     403     200
        POST   /api/live-sessions/{live}/questions/{question}/state 401  401     401     404      403     403    404    200    200    200     404   200   200     403     403
        POST   /api/live-sessions/{live}/questions/{question}/pin 401  401     401     404      403     403    404    200    200    200     404   200   200     403     403
        POST   /api/live-sessions/{live}/questions/{question}/approve 401  401     401     404      403     403    404    200    200    200     404   200   200     403     403
        POST   /api/live-sessions/{live}/questions/{question}/author 401  401     401     404      403     403    404    200    200    200     404   200   200     403     403
        POST   /api/live-sessions/{live}/questions/{question}/merge 401  401     401     404      403     403    404    404    404    404     404   404   404     403     403
        GET    /api/live-sessions/{live}/cohosts           401  401     401     404      403     403    404    200    200    200     404   200   200     403     403
        PUT    /api/live-sessions/{live}/cohosts/20        401  401     401     404      403     403    404    403    200    200     404   200   200     403     403
        DELETE /api/live-sessions/{live}/cohosts/20        401  401     401     404      403     403    404    403    200    200     404   200   200     403     403
        GET    /api/live-sessions/{live}/materials         401  401     401     404      200     200    404    200    200    200     404   200   200     403     200
        GET    /api/live-sessions/{ended}/materials        401  401     401     404      200     200    404    200    200    200     404   200   200     403     200
        POST   /api/live-sessions/{scheduled}/materials    401  401     401     404      403     403    404    201    201    201     404   201   201     403     403
        POST   /api/live-sessions/{live}/materials         401  401     401     404      403     403    404    201    201    201     404   201   201     403     403
        POST   /api/live-sessions/{ended}/materials        401  401     401     404      403     403    404    201    201    201     404   201   201     403     403
        DELETE /api/live-sessions/{scheduled}/materials/{material} 401  401     401     404      403     403    404    200    200    200     404   200   200     403     403
        DELETE /api/live-sessions/{live}/materials/{material} 401  401     401     404      403     403    404    200    200    200     404   200   200     403     403
        DELETE /api/live-sessions/{ended}/materials/{material} 401  401     401     404      403     403    404    200    200    200     404   200   200     403     403
        PUT    /api/live-sessions/{scheduled}/task         401  401     401     404      403     403    404    200    200    200     404   200   200     403     403
        PUT    /api/live-sessions/{live}/task              401  401     401     404      403     403    404    200    200    200     404   200   200     403     403
        PUT    /api/live-sessions/{ended}/task             401  401     401     404      403     403    404    200    200    200     404   200   200     403     403
        GET    /api/courses/1/bans                         401  401     401     404      403     403    404    403    200    200     404   200   200     403     404
        GET    /api/live-sessions/{live}/chat              401  401     401     404      200     200    404    200    200    200     404   200   200     403     200
        GET    /api/live-sessions/{live}/events            401  401     401     404      200     200    404    200    200    200     404   200   200     403     200
        GET    /api/live-sessions/{ended}/attendance       401  401     401     404      403     403    404    200    200    200     404   200   200     403     403
        GET    /api/live-sessions/{ended}/attendance.csv   401  401     401     404      403     403    404    200    200    200     404   200   200     403     403
        GET    /api/live-sessions/{ended}/participants     401  401     401     404      200     200    404    200    200    200     404   200   200     403     200
        GET    /api/live-sessions/{ended}/presence         401  401     401     404      200     200    404    200    200    200     404   200   200     403     200
        GET    /api/live-sessions/{ended}/chat             401  401     401     404      200     200    404    200    200    200     404   200   200     403     200
        GET    /api/live-sessions/{ended}/events           401  401     401     404      200     200    404    200    200    200     404   200   200     403     200
        GET    /api/live-sessions/{live}/channel           426  426     426     426      426     426    426    426    426    426     426   426   426     426     426
        GET    /api/live-sessions/{live}/guests           401  401     401     404      403     403    404    200    200    200     404   200   200     403     403
        POST   /api/live-sessions/{scheduled}/guests      401  401     401     404      403     403    404    201    201    201     404   201   201     403     403
        POST   /api/live-sessions/{live}/guests           401  401     401     404      403     403    404    201    201    201     404   201   201     403     403
        POST   /api/live-sessions/{ended}/guests          401  401     401     404      403     403    404    201    201    201     404   201   201     403     403
        POST   /api/live-sessions/{live}/guests/{guest}/link 401  401     401     404      403     403    404    200    200    200     404   200   200     403     403
        DELETE /api/live-sessions/{live}/guests/{guest}   401  401     401     404      403     403    404    204    204    204     404   204   204     403     403

        GET    /api/student/live-sessions                  401  401     401     200      200     200    200    200    200    200     200   200   200     403     403
        GET    /api/student/calendar/live-sessions         401  401     401     200      200     200    200    200    200    200     200   200   200     403     403
        GET    /api/instructor/live-sessions               401  401     401     200      200     200    200    200    200    200     200   200   200     403     403
        GET    /api/calendar/events                        401  401     401     200      200     200    200    200    200    200     200   200   200     403     403
        GET    /api/calendar                               401  401     401     200      200     200    200    200    200    200     200   200   200     403     403
        GET    /api/calendar/events/{event}                401  401     401     404      200     200    404    200    200    200     404   200   200     403     403
        GET    /api/calendar/{event}                       401  401     401     404      200     200    404    200    200    200     404   200   200     403     403
        GET    /api/me/courses                             401  401     401     200      200     200    200    200    200    200     200   200   200     403     403
        POST   /api/calendar/events                        401  401     401     404      403     403    404    403    201    201     404   201   201     403     403
        PUT    /api/calendar/events/{event}                401  401     401     404      403     403    404    403    200    200     404   200   200     403     403
        DELETE /api/calendar/events/{event}                401  401     401     404      403     403    404    403    200    200     404   200   200     403     403

        GET    /api/users                                  401  401     401     403      403     403    403    403    403    403     403   200   200     403     403
        POST   /api/users                                  401  401     401     403      403     403    403    403    403    403     403   201   201     403     403
        GET    /api/users/20                               401  401     401     403      403     403    403    403    403    403     403   200   200     403     403
        PUT    /api/users/20                               401  401     401     403      403     403    403    403    403    403     403   200   200     403     403
        PUT    /api/users/{new}                            401  401     401     403      403     403    403    403    403    403     403   201   201     403     403
        DELETE /api/users/{person}                         401  401     401     403      403     403    403    403    403    403     403   200   200     403     403
        POST   /api/users/{person}/revoke                  401  401     401     403      403     403    403    403    403    403     403   200   200     403     403
        GET    /api/courses                                401  401     401     403      403     403    403    403    403    403     403   200   200     403     403
        POST   /api/courses                                401  401     401     403      403     403    403    403    403    403     403   201   201     403     403
        GET    /api/courses/1                              401  401     401     403      403     403    403    403    403    403     403   200   200     403     403
        PUT    /api/courses/1                              401  401     401     403      403     403    403    403    403    403     403   200   200     403     403
        PUT    /api/courses/{new}                          401  401     401     403      403     403    403    403    403    403     403   201   201     403     403
        DELETE /api/courses/{course}                       401  401     401     403      403     403    403    403    403    403     403   200   200     403     403
        GET    /api/courses/1/enrollments                  401  401     401     403      403     403    403    403    403    403     403   200   200     403     403
        GET    /api/courses/1/enrollments/20               401  401     401     403      403     403    403    403    403    403     403   200   200     403     403
        PUT    /api/courses/1/enrollments/20               401  401     401     403      403     403    403    403    403    403     403   200   200     403     403
        PUT    /api/courses/{course}/enrollments/23        401  401     401     403      403     403    403    403    403    403     403   201   201     403     403
        DELETE /api/courses/1/enrollments/{person}         401  401     401     403      403     403    403    403    403    403     403   200   200     403     403
        POST   /api/directory/import                       401  401     401     403      403     403    403    403    403    403     403   200   200     403     403
        """

    struct Row: Sendable, CustomTestStringConvertible {
        let cells: AccessTable.Row

        var method: String { cells.words[0] }
        var path: String { cells.words[1] }
        var testDescription: String { "\(method) \(path)" }

        /// The path with this id in every place of one.
        func path(with id: String) -> String { path.replacing(/\{[a-z]+\}/, with: id) }
    }

    static let rows = AccessTable(table).rows.map(Row.init)
}
