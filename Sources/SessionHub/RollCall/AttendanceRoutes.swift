import Foundation
import HTTPTypes
import StrictJSON
import WebSocketServer

/// The attendance list for hosts, as JSON with every segment and as a CSV for spreadsheets; also of a deleted session.
struct AttendanceRoutes: Sendable {
    private let clock: HubClock
    private let zones: TimeZones
    private let participants = ParticipantRendering()

    init(clock: HubClock, zones: TimeZones) {
        self.clock = clock
        self.zones = zones
    }

    func add(to api: inout API) {
        api.add(.get, "/api/live-sessions/{sessionId:int}/attendance", for: .keepers, json)
        api.add(.get, "/api/live-sessions/{sessionId:int}/attendance.csv", for: .keepers, csv)
    }

    private func json(_ call: Call, _ entrance: Entrance<SessionAccess>) async throws -> Reply {
        let (access, found) = try await load(entrance)
        let now = found.session.time(at: clock.moment)
        let rendering = RollCallRendering(found, now: now)
        let rows = found.entries.compactMap { entry in
            entry.participant.map { participant in
                let row = participants.json(participant, for: access, now: now)
                    .adding(rendering.statuses(entry, rendering.record(of: entry)))
                return JSON.object(row.adding(["segments": participants.json(participant.segments)]))
            }
        }
        return Reply(["session": rendering.session, "participants": .array(rows)])
    }

    /// The CSV, in the language of `lang` or else of the request. It begins with a byte order mark unless `bom=false`,
    /// and has those who neither came nor were corrected with `everybody=true`.
    private func csv(_ call: Call, _ entrance: Entrance<SessionAccess>) async throws -> Reply {
        let (language, hasMark, hasEverybody) = (
            try call.chosenLanguage(), try call.wantsMark(), try call.flag("everybody")
        )
        let (access, found) = try await load(entrance)
        let list = AttendanceList(
            language: language, zone: zones.zone(access.courseTimeZone), hasMark: hasMark, hasEverybody: hasEverybody
        )
        let bytes = list.csv(of: found, now: found.session.time(at: clock.moment))
        return .csv(bytes, named: "attendance-\(access.session.id)", in: language)
    }

    private func load(_ entrance: Entrance<SessionAccess>) async throws -> (SessionAccess, RollCall) {
        try await entrance.read { access, connection in
            (access, try RollCallStore.load(access.session, in: connection))
        }
    }
}
