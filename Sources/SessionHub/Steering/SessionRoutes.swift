import Database
import HTTPTypes
import StrictJSON
import WebSocketServer

/// The seed's routes of live sessions, which create, list, show and change them, and the hub's own to cancel and
/// reopen.
struct SessionRoutes: Sendable {
    let database: any SQLDatabase
    let clock: HubClock
    let operations: SessionOperations
    let steering: RateLimit
    let participants: ParticipantRendering
    let jitsi: JitsiService
    let windows: ClassWindows

    init(
        database: any SQLDatabase, clock: HubClock, operations: SessionOperations,
        steering: RateLimit, jitsi: JitsiService, windows: ClassWindows
    ) {
        self.database = database
        self.clock = clock
        self.operations = operations
        self.steering = steering
        self.participants = ParticipantRendering()
        self.jitsi = jitsi
        self.windows = windows
    }

    func add(to api: inout API) {
        api.add(.post, "/api/courses/{courseId:int}/live-sessions", for: .courseHosts, create)
        api.add(.post, "/api/live-sessions", for: .courseHosts(at: Self.namedCourse), create)
        api.add(.get, "/api/courses/{courseId:int}/live-sessions", for: .inCourse, courseList)
        api.add(.get, "/api/instructor/live-sessions", for: .platform, instructorList)
        api.add(.get, "/api/student/live-sessions", for: .platform, studentLists)
        api.add(.get, "/api/live-sessions/{sessionId:int}", for: .members, detail)
        api.add(.put, "/api/live-sessions/{sessionId:int}", for: .hosts, limit: steering, update)
        api.add(.delete, "/api/live-sessions/{sessionId:int}", for: .hosts, limit: steering, delete)
        api.add(
            .post, "/api/live-sessions/{sessionId:int}/start", for: .hosts, limit: steering, answersAnew: true, start
        )
        api.add(.post, "/api/live-sessions/{sessionId:int}/end", for: .hosts, limit: steering, end)
        api.add(.post, "/api/live-sessions/{sessionId:int}/reopen", for: .hosts, limit: steering, reopen)
        api.add(.post, "/api/live-sessions/{sessionId:int}/cancel", for: .hosts, limit: steering, cancel)
    }

    /// The seed's second way to schedule a class names the course in the body.
    private static func namedCourse(_ call: Call) throws -> Int64 {
        let fields = try call.body()
        return try fields.required("course_id", fields.integer("course_id"))
    }

    // MARK: - Reading

    private func courseList(_ call: Call, _ entrance: Entrance<CourseAccess>) async throws -> Reply {
        let list = try SessionList(call, .course(entrance.id), now: clock.now, windows: windows)
        return reply(try await entrance.read { _, connection in try list.load(in: connection) }, list.page)
    }

    private func instructorList(_ call: Call) async throws -> Reply {
        let list = try SessionList(call, .teaching, now: clock.now, windows: windows)
        return reply(try await database.read { try list.load(in: $0) }, list.page)
    }

    private func reply(_ found: (rows: [SessionListing], total: Int64), _ page: Page) -> Reply {
        Reply(json(found.rows), pagination: page.pagination(total: found.total))
    }

    /// The seed's three lists, which have no pages: everything that is ahead, and the newest of the past. Each row says
    /// how the reader attended it.
    private func studentLists(_ call: Call) async throws -> Reply {
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

    private func detail(_ call: Call, _ entrance: Entrance<SessionAccess>) async throws -> Reply {
        let (id, now) = (entrance.id, clock.now)
        let (access, count, people, endedAt) = try await entrance.read { access, connection in
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

/// A page of a list of sessions, as a request asks for it.
private struct SessionList: Sendable {
    let page: Page
    private let scope: SessionStore.Scope
    private let caller: Caller
    private let standing: SessionStore.Standing?

    init(_ call: Call, _ scope: SessionStore.Scope, now: Timestamp, windows: ClassWindows) throws(HubError) {
        page = try call.page()
        self.scope = scope
        caller = call.caller
        standing = SessionStore.Standing(call.request.query.first("status"), now: now, windows: windows)
    }

    func load(in connection: any SQLConnection) throws -> (rows: [SessionListing], total: Int64) {
        (
            try SessionStore.list(
                scope, caller: caller, standing: standing, limit: page.limit, offset: page.offset, in: connection
            ),
            try SessionStore.count(scope, caller: caller, standing: standing, in: connection)
        )
    }
}
