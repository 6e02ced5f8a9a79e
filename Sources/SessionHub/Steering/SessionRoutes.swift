package import Database
import HTTPTypes
import StrictJSON
import WebSocketServer

/// The seed's routes of live sessions: create, list, detail, change; and cancel.
package struct SessionRoutes: Sendable {
    let database: any SQLDatabase
    let journal: Journal
    let clock: HubClock
    let operations: SessionOperations
    let steering: RateLimit
    let participants: ParticipantRendering
    let jitsi: JitsiService
    let windows: ClassWindows

    package init(
        database: any SQLDatabase, journal: Journal, clock: HubClock, operations: SessionOperations,
        steering: RateLimit, jitsi: JitsiService, windows: ClassWindows
    ) {
        self.database = database
        self.journal = journal
        self.clock = clock
        self.operations = operations
        self.steering = steering
        self.participants = ParticipantRendering()
        self.jitsi = jitsi
        self.windows = windows
    }

    package func add(to api: inout API) {
        api.add(.post, "/api/courses/{courseId:int}/live-sessions") { call in
            try await create(call, course: call.id("courseId"), fields: call.body())
        }
        api.add(.post, "/api/live-sessions") { call in
            let fields = try call.body()
            let course = try fields.required("course_id", fields.integer("course_id"))
            return try await create(call, course: course, fields: fields)
        }
        api.add(.get, "/api/courses/{courseId:int}/live-sessions", courseList)
        api.add(.get, "/api/instructor/live-sessions", instructorList)
        api.add(.get, "/api/student/live-sessions", studentLists)
        api.add(.get, "/api/live-sessions/{sessionId:int}", detail)
        api.add(.put, "/api/live-sessions/{sessionId:int}", update)
        api.add(.delete, "/api/live-sessions/{sessionId:int}", delete)
        api.add(.post, "/api/live-sessions/{sessionId:int}/start", answersAnew: true, start)
        api.add(.post, "/api/live-sessions/{sessionId:int}/end", end)
        api.add(.post, "/api/live-sessions/{sessionId:int}/reopen", reopen)
        api.add(.post, "/api/live-sessions/{sessionId:int}/cancel", cancel)
    }

    // MARK: - Reading

    @Sendable private func courseList(_ call: Call) async throws -> Reply {
        let course = try call.id("courseId")
        let caller = call.caller
        return try await list(call, .course(course)) { connection in
            _ = try CourseAccess.load(course, caller: caller, in: connection)
        }
    }

    @Sendable private func instructorList(_ call: Call) async throws -> Reply {
        try await list(call, .teaching)
    }

    private func list(
        _ call: Call, _ scope: SessionStore.Scope,
        unless refuse: @escaping @Sendable (any SQLConnection) throws -> Void = { _ in }
    ) async throws -> Reply {
        let (page, caller) = (try call.page(), call.caller)
        let standing = SessionStore.Standing(call.request.query.first("status"), now: clock.now, windows: windows)
        let (rows, total) = try await database.read { connection in
            try refuse(connection)
            return (
                try SessionStore.list(
                    scope, caller: caller, standing: standing, limit: page.limit, offset: page.offset, in: connection
                ),
                try SessionStore.count(scope, caller: caller, standing: standing, in: connection)
            )
        }
        return Reply(json(rows), pagination: page.pagination(total: total))
    }

    /// The seed's three lists without pages: everything that is ahead, and the newest of the past. Each row says how the
    /// reader attended it.
    @Sendable private func studentLists(_ call: Call) async throws -> Reply {
        let (now, windows, caller) = (clock.now, windows, call.caller)
        let shelves = try await database.read { connection in
            try SessionStore.Shelf.allCases.map { shelf in
                let scope = SessionStore.Scope.student(shelf, now: now, windows: windows)
                let rows = try SessionStore.list(scope, caller: caller, limit: Self.shelfLimit, in: connection)
                return (shelf, try rows.map { ($0, try $0.reader(in: connection)) })
            }
        }
        let lists = shelves.map { shelf, rows in
            let rows = rows.map { listing, reader in
                var object = row(listing.access, now: now, participantsCount: listing.participantsCount)
                let session = listing.access.session
                let own = participants.own(reader, in: session, now: session.time(at: clock.moment))
                for member in own.members { object[member.name] = member.value }
                return JSON.object(object)
            }
            return (shelf.rawValue, JSON.array(rows))
        }
        return Reply(.object(JSONObject(lists)))
    }

    private static let shelfLimit: Int64 = 200

    private func json(_ rows: [SessionListing]) -> JSON {
        let now = clock.now
        return .array(
            rows.map { .object(row($0.access, now: now, participantsCount: $0.participantsCount)) }
        )
    }

    func row(_ access: SessionAccess, now: Timestamp, participantsCount: Int64? = nil) -> JSONObject {
        SessionRendering.json(for: access, now: now, participantsCount: participantsCount, windows: windows)
    }

    @Sendable private func detail(_ call: Call) async throws -> Reply {
        let (id, caller, now) = (try call.id("sessionId"), call.caller, clock.now)
        let (access, count, people, endedAt) = try await database.read { connection in
            let access = try SessionAccess.load(
                session: id, for: caller, in: connection
            )
            _ = try access.requireMember()
            let mayReopen = access.isHost && access.session.status == .ended
            return (
                access, try SessionStore.participantsCount(session: id, in: connection),
                try ParticipantStore.page(session: id, limit: 100, offset: 0, in: connection),
                mayReopen ? try JournalStore.newest(.sessionEnded, of: id, in: connection) : nil
            )
        }
        var object = row(access, now: now, participantsCount: count)
        if let endedAt {
            object["reopen_until"] = .string(SessionLifecycle.reopeningEnd(endedAt, windows: windows).text)
        }
        object["participants"] = participants.json(people, for: access, now: access.session.time(at: clock.moment))
        return Reply(.object(object))
    }
}

extension Call {
    /// A word of the query string out of a fixed set.
    func word<Word: RawRepresentable & CaseIterable>(
        _ name: String, as type: Word.Type
    ) throws(HubError) -> Word? where Word.RawValue == String {
        guard let text = request.query.first(name), !text.isEmpty else { return nil }
        return try Fields(JSONObject([(name, .string(text))])).word(name, as: type)
    }
}
