import Foundation
import HTTPTypes
import StrictJSON
import WebSocketServer

/// The attendance list for hosts, as JSON with every segment and as a CSV for spreadsheets; also of a deleted session.
struct AttendanceRoutes: Sendable {
    private let clock: HubClock
    private let zones: TimeZones
    private let rendering = ParticipantRendering()

    init(clock: HubClock, zones: TimeZones) {
        self.clock = clock
        self.zones = zones
    }

    func add(to api: inout API) {
        api.add(.get, "/api/live-sessions/{sessionId:int}/attendance", for: .keepers, json)
        api.add(.get, "/api/live-sessions/{sessionId:int}/attendance.csv", for: .keepers, csv)
    }

    private func json(_ call: Call, _ entrance: Entrance<SessionAccess>) async throws -> Reply {
        let (access, people) = try await load(entrance)
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

    /// The CSV, in the language of `lang` or else of the request. It begins with a byte order mark unless `bom=false`.
    private func csv(_ call: Call, _ entrance: Entrance<SessionAccess>) async throws -> Reply {
        let (language, hasMark) = (try call.chosenLanguage(), try call.wantsMark())
        let (access, people) = try await load(entrance)
        let list = AttendanceList(language: language, zone: zones.zone(access.courseTimeZone), hasMark: hasMark)
        let bytes = list.csv(of: people, in: access.session, now: access.session.time(at: clock.moment))
        return .csv(bytes, named: "attendance-\(access.session.id)", in: language)
    }

    private func load(_ entrance: Entrance<SessionAccess>) async throws -> (SessionAccess, [Participant]) {
        try await entrance.read { access, connection in
            (access, try ParticipantStore.all(session: access.session.id, in: connection))
        }
    }
}
