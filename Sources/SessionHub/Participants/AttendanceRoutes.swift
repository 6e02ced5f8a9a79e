package import Database
import Foundation
import HTTPTypes
import StrictJSON
import WebSocketServer

/// The attendance list for hosts, as JSON with every segment and as a CSV for spreadsheets; also of a deleted session.
package struct AttendanceRoutes: Sendable {
    private let database: any SQLDatabase
    private let clock: HubClock
    private let zones: TimeZones
    private let rendering = ParticipantRendering()

    package init(database: any SQLDatabase, clock: HubClock, zones: TimeZones) {
        self.database = database
        self.clock = clock
        self.zones = zones
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

    /// In the language of `lang`, else of the request; with a byte order mark unless `bom=false`.
    @Sendable private func csv(_ call: Call) async throws -> Reply {
        let language = try call.chosenLanguage()
        let hasMark = call.request.query.first("bom")?.isEmpty == false ? try call.flag("bom") : true
        let (access, people) = try await load(call)
        var headers: HTTPFields = [.contentType: "text/csv; charset=utf-8", .cacheControl: "no-store"]
        headers[.contentDisposition] = "attachment; filename=\"attendance-\(access.session.id).csv\""
        headers[.contentLanguage] = language.rawValue
        let list = AttendanceList(language: language, zone: zones.zone(access.courseTimeZone), hasMark: hasMark)
        let bytes = list.csv(of: people, in: access.session, now: access.session.time(at: clock.moment))
        return Reply(raw: Response(status: .ok, headers: headers, body: .bytes(bytes)))
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

extension Call {
    /// For a document that somebody keeps: the query's `lang`, else the language of the request.
    func chosenLanguage() throws(HubError) -> Language {
        guard let text = request.query.first("lang"), !text.isEmpty else { return language }
        guard let language = Language(acceptLanguage: text) else {
            throw .invalid("lang", Localized(en: "lang must be en or fr.", fr: "lang doit être en ou fr."))
        }
        return language
    }
}
