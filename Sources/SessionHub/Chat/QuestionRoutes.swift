import HTTPTypes
import StrictJSON

/// The questions of a class over REST: their lists, and what the channel's commands do as well.
struct QuestionRoutes: Sendable {
    let operations: QuestionOperations
    let votes: RateLimit
    let steering: RateLimit
    let zones: TimeZones

    private static let path = "/api/live-sessions/{sessionId:int}/questions"

    func add(to api: inout API) {
        api.add(.get, Self.path, for: .members, list)
        api.add(.get, "\(Self.path).csv", for: .hosts, csv)
        api.add(.post, "\(Self.path)/{questionId:int}/vote", for: .peopleInClass, limit: votes, vote)
        for action in QuestionRequest.Action.allCases {
            api.add(
                .post, "\(Self.path)/{questionId:int}/\(action.rawValue)", for: .hosts, limit: steering,
                // An answer with a name is not kept for an Idempotency-Key: the name may be one to forget.
                answersAnew: action == .author
            ) { call, entrance in
                try await carryOut(action, call, entrance)
            }
        }
    }

    private func list(_ call: Call, _ entrance: Entrance<SessionAccess>) async throws -> Reply {
        let (page, id, user) = (try call.page(), entrance.id, call.caller.userID)
        let state = try call.word("state", as: Question.State.self)
        let sort = try call.word("sort", as: QuestionStore.Sort.self) ?? .top
        let found = try await entrance.read { access, connection in
            try QuestionStore.page(
                session: id, state: state, sort: sort, page,
                for: QuestionStore.Reader(user: user, isHost: access.isHost), in: connection
            )
        }
        return Reply(.array(found.rows), pagination: page.pagination(total: found.total))
    }

    private func csv(_ call: Call, _ entrance: Entrance<SessionAccess>) async throws -> Reply {
        let (language, hasMark, id) = (try call.chosenLanguage(), try call.wantsMark(), entrance.id)
        let (zone, questions) = try await entrance.read { access, connection in
            (access.courseTimeZone, try QuestionStore.all(session: id, in: connection))
        }
        let list = QuestionList(language: language, zone: zones.zone(zone), hasMark: hasMark)
        return .csv(list.csv(of: questions), named: "questions-\(id)", in: language)
    }

    private func vote(_ call: Call, _ entrance: Entrance<SessionAccess>) async throws -> Reply {
        let (fields, question, operations) = (try call.body(), try call.id("questionId"), operations)
        return Reply(
            try await entrance.write(.session(entrance.id)) { access, transaction in
                let isOn = try QuestionRequest.isOn(fields)
                return ["votes": .integer(try operations.vote(for: question, on: isOn, as: access, in: transaction))]
            })
    }

    private func carryOut(
        _ action: QuestionRequest.Action, _ call: Call, _ entrance: Entrance<SessionAccess>
    ) async throws -> Reply {
        let (fields, question, operations, caller) = (
            try call.body(), try call.id("questionId"), operations, call.caller
        )
        return Reply(
            try await entrance.write(.session(entrance.id)) { access, transaction in
                try QuestionRequest(action, fields).carryOut(
                    on: question, by: operations, as: access, caller, in: transaction
                )
            })
    }
}
