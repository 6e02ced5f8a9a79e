import Database
import HTTPTypes
import StrictJSON
import WebSocketServer

/// The roll-call of a class, corrections of attendance, and one's own attendance.
struct RollCallRoutes: Sendable {
    let clock: HubClock
    let operations: CorrectionOperations
    let steering: RateLimit

    private static let path = "/api/live-sessions/{sessionId:int}"
    private static let corrections = "\(path)/attendance/{userId:int}/corrections"
    /// The most people that one answer holds.
    private static let everybody: Int64 = 5000

    func add(to api: inout API) {
        api.add(.get, "\(Self.path)/roll-call", for: .keepers, rollCall)
        api.add(.get, "\(Self.path)/attendance/me", for: .attendees, own)
        api.add(.post, Self.corrections, for: .hosts, limit: steering, correct)
        api.add(.get, Self.corrections, for: .readersOfCorrections, list)
    }

    /// Those who are expected stand before the others who came.
    private func rollCall(_ call: Call, _ entrance: Entrance<SessionAccess>) async throws -> Reply {
        let page = Page(
            number: try call.number("page", in: 1...1_000_000) ?? 1,
            limit: try call.limit(most: Self.everybody, standard: Self.everybody)
        )
        let found = try await entrance.read { access, connection in
            try RollCallStore.load(access.session, in: connection)
        }
        let rendering = RollCallRendering(found, now: found.session.time(at: clock.moment))
        let expected = found.entries.filter(\.isExpected)
        let people = (expected + found.entries.filter { !$0.isExpected }).dropFirst(Int(page.offset))
            .prefix(Int(page.limit))
        let members: JSONObject = [
            "expected": .integer(Int64(expected.count)),
            "here": .integer(Int64(expected.count { rendering.record(of: $0).isThere })),
            "people": .array(people.map { .object(rendering.person($0)) }),
        ]
        return Reply(
            .object(rendering.head.adding(members)), pagination: page.pagination(total: Int64(found.entries.count))
        )
    }

    private func own(_ call: Call, _ entrance: Entrance<SessionAccess>) async throws -> Reply {
        guard call.caller.role != .service else { throw HubError(.forbidden) }
        let (found, person) = try await entrance.read { access, connection in
            (try RollCallStore.load(access.session, of: access.user.id, in: connection), access.user)
        }
        // A host who has not come stands in no roll-call.
        let entry = found.entries.first ?? RollCall.Entry(person: person, email: "", isExpected: false)
        let rendering = RollCallRendering(found, now: found.session.time(at: clock.moment))
        let segments: JSONObject = ["segments": ParticipantRendering().json(entry.participant?.segments ?? [])]
        return Reply(.object(rendering.head.adding(rendering.person(entry)).adding(segments)))
    }

    private func correct(_ call: Call, _ entrance: Entrance<SessionAccess>) async throws -> Reply {
        let (fields, user, operations, caller) = (try call.body(), try call.id("userId"), operations, call.caller)
        let correction = try await entrance.write(.session(entrance.id)) { access, transaction in
            try operations.correct(user, CorrectionRequest(fields), as: access, by: caller, in: transaction)
        }
        return Reply(correction.json, status: .created)
    }

    /// For hosts, and for whom they are about.
    private func list(_ call: Call, _ entrance: Entrance<SessionAccess>) async throws -> Reply {
        let (page, user, caller) = (try call.page(), try call.id("userId"), call.caller)
        let found = try await entrance.read { access, connection in
            if user != caller.userID { try access.requireHost() }
            return try CorrectionStore.page(page, session: access.session.id, user: user, in: connection)
        }
        return Reply(.array(found.corrections.map(\.json)), pagination: page.pagination(total: found.total))
    }
}

extension Belonging where Access == SessionAccess {
    /// Hosts, whoever is or was in the class, and whom a correction is about. What is written down about somebody they
    /// may read when they have left the course since, and when the class was deleted and is kept.
    fileprivate static let readersOfCorrections = Belonging { call in
        try call.id("sessionId")
    } check: { id, caller, connection in
        let access = try SessionAccess.load(session: id, for: caller, includingHidden: true, in: connection)
        guard try !CorrectionStore.isAbout(caller.userID, session: id, in: connection) else { return access }
        guard access.isHost || !access.isHidden else { throw HubError(.sessionNotFound) }
        if !access.isParticipant { _ = try access.requireMember() }
        return access
    }
}
