package import Database
import HTTPTypes
import StrictJSON
import WebSocketServer

/// The attendance list for hosts, as JSON with every segment and as a CSV for spreadsheets; also of a deleted session.
package struct AttendanceRoutes: Sendable {
    private let database: any SQLDatabase
    private let clock: HubClock
    private let rendering = ParticipantRendering()

    package init(database: any SQLDatabase, clock: HubClock) {
        self.database = database
        self.clock = clock
    }

    package func add(to api: inout API) {
        api.add(.get, "/api/live-sessions/{sessionId:int}/attendance", json)
        api.add(.get, "/api/live-sessions/{sessionId:int}/attendance.csv", csv)
    }

    @Sendable private func json(_ call: Call) async throws -> Reply {
        let (access, people) = try await load(call)
        let session = access.session
        let now = session.time(at: clock.moment)
        let rows = people.map { participant in
            var object = rendering.json(participant, for: access, now: now)
            object["segments"] = rendering.json(participant.segments)
            return JSON.object(object)
        }
        return Reply([
            "session": [
                "id": .integer(session.id), "title": .string(session.title), "status": .string(session.status.rawValue),
                "course": ["id": .integer(session.courseID), "title": .string(access.courseTitle)],
                "actual_start_at": .optional(session.actualStart), "actual_end_at": .optional(session.actualEnd),
            ],
            "participants": .array(rows),
        ])
    }

    @Sendable private func csv(_ call: Call) async throws -> Reply {
        let (access, people) = try await load(call)
        var headers: HTTPFields = [.contentType: "text/csv; charset=utf-8", .cacheControl: "no-store"]
        headers[.contentDisposition] = "attachment; filename=\"attendance-\(access.session.id).csv\""
        let list = AttendanceList.csv(of: people, in: access.session, now: access.session.time(at: clock.moment))
        return Reply(raw: Response(status: .ok, headers: headers, body: .bytes(list)))
    }

    private func load(_ call: Call) async throws -> (SessionAccess, [Participant]) {
        let (id, caller) = (try call.id("sessionId"), call.caller)
        return try await database.read { connection in
            let access = try SessionAccess.load(
                session: id, for: caller, includingHidden: true,
                in: connection
            )
            // A hidden session is there for its hosts only.
            guard access.isHost || !access.isHidden else { throw HubError(.sessionNotFound) }
            try access.requireHost()
            return (access, try ParticipantStore.all(session: id, in: connection))
        }
    }
}
