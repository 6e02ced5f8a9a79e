import Database
import StrictJSON

/// What a host says of somebody's attendance beside the record, which stays as it is. The newest counts.
struct AttendanceCorrection: Sendable, Equatable {
    let id: Int64
    let user: Int64
    let status: AttendanceStatus
    let reason: String
    /// Nil for a service of the platform.
    let author: Person?
    let at: Timestamp

    var json: JSON {
        [
            "id": .integer(id), "status": .string(status.rawValue), "reason": .string(reason),
            "by": author?.json ?? .null, "at": .string(at.text),
        ]
    }
}

/// The body of a request for one.
struct CorrectionRequest: Sendable {
    let status: AttendanceStatus
    let reason: String

    init(_ fields: Fields) throws(HubError) {
        status = try fields.required("status", fields.word("status", as: Word.self)).status
        reason = try fields.required("reason", fields.text("reason", limit: 500))
    }

    /// The statuses that a correction can give.
    private enum Word: String, CaseIterable {
        case present, late
        case leftEarly = "left_early"
        case absent, excused

        var status: AttendanceStatus {
            switch self {
            case .present: .present
            case .late: .late
            case .leftEarly: .leftEarly
            case .absent: .absent
            case .excused: .excused
            }
        }
    }
}

/// Adds and reads corrections. Nothing here changes or deletes one, and triggers of the schema forbid it.
enum CorrectionStore {
    /// - Parameter author: nil for a service of the platform.
    static func add(
        _ request: CorrectionRequest, of user: Int64, session: Int64, by author: Person?, at: Timestamp,
        in connection: any SQLConnection
    ) throws -> AttendanceCorrection {
        let row = try connection.first(
            """
            INSERT INTO attendance_corrections (session_id, user_id, author_id, status, reason, at)
            VALUES ($1, $2, $3, $4, $5, $6) RETURNING id
            """,
            [
                .integer(session), .integer(user), .optional(author?.id), .text(request.status.rawValue),
                .text(request.reason), .timestamp(at),
            ]
        )
        guard let row else { throw HubError(.internal) }
        return AttendanceCorrection(
            id: row.integer("id"), user: user, status: request.status, reason: request.reason, author: author, at: at
        )
    }

    /// The corrections that count, by person.
    ///
    /// - Parameter user: leaves out everybody else.
    static func newest(
        session: Int64, user: Int64? = nil, in connection: any SQLConnection
    ) throws -> [Int64: AttendanceCorrection] {
        let person = user == nil ? "" : "AND user_id = $2"
        let rows = try connection.query(
            """
            \(select) WHERE x.id IN (
                SELECT MAX(id) FROM attendance_corrections WHERE session_id = $1 \(person) GROUP BY user_id)
            """,
            [.integer(session)] + (user.map { [.integer($0)] } ?? [])
        )
        return Dictionary(uniqueKeysWithValues: rows.map { ($0.integer("user_id"), correction($0)) })
    }

    static func isAbout(_ user: Int64, session: Int64, in connection: any SQLConnection) throws -> Bool {
        try connection.first(
            "SELECT 1 AS found FROM attendance_corrections WHERE session_id = $1 AND user_id = $2 LIMIT 1",
            [.integer(session), .integer(user)]
        ) != nil
    }

    /// A page of those of one person, the newest first, and how many there are.
    static func page(
        _ page: Page, session: Int64, user: Int64, in connection: any SQLConnection
    ) throws -> (corrections: [AttendanceCorrection], total: Int64) {
        let theirs: [SQLValue] = [.integer(session), .integer(user)]
        let total = try connection.first(
            "SELECT COUNT(*) AS total FROM attendance_corrections WHERE session_id = $1 AND user_id = $2", theirs
        )
        let rows = try connection.query(
            "\(select) WHERE x.session_id = $1 AND x.user_id = $2 ORDER BY x.id DESC LIMIT $3 OFFSET $4",
            theirs + [.integer(page.limit), .integer(page.offset)]
        )
        return (rows.map(correction), total?.integer("total") ?? 0)
    }

    private static let select = """
        SELECT x.id, x.user_id, x.status, x.reason, x.at, x.author_id, a.first_name, a.last_name, a.avatar
        FROM attendance_corrections x LEFT JOIN users a ON a.id = x.author_id
        """

    private static func correction(_ row: SQLRow) -> AttendanceCorrection {
        AttendanceCorrection(
            id: row.integer("id"), user: row.integer("user_id"), status: row.word("status"),
            reason: row.text("reason"), author: row.optionalInteger("author_id").map { Person($0, of: row) },
            at: row.timestamp("at")
        )
    }
}
