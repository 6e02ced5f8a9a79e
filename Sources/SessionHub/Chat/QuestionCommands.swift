import StrictJSON

/// Votes, and what hosts do with questions, over the channel.
struct QuestionCommands: Sendable {
    let operations: QuestionOperations
    let votes: RateLimit
    let steering: RateLimit

    func add(to channel: inout ChannelAPI) {
        let operations = operations
        channel.state(VoteCounts.self)
        channel.home(VoteCounts.change) { channel, change in
            guard let question = change.integer(0), let votes = change.integer(1) else { return }
            channel.states.change(VoteCounts.self) { $0.set(question, votes: votes) }
        }
        channel.write("question.vote", for: .members, limit: votes) { fields throws(HubError) in
            (try QuestionRequest.id(fields), try QuestionRequest.isOn(fields))
        } work: { request, access, _, transaction in
            ["votes": .integer(try operations.vote(for: request.0, on: request.1, as: access, in: transaction))]
        }
        for action in QuestionRequest.Action.allCases {
            channel.write("question.\(action.rawValue)", for: .hosts, limit: steering) { fields throws(HubError) in
                (try QuestionRequest.id(fields), try QuestionRequest(action, fields))
            } work: { request, access, caller, transaction in
                try request.1.carryOut(on: request.0, by: operations, as: access, caller, in: transaction)
            }
        }
    }
}

/// What a host wants done with a question, over the channel and over REST.
enum QuestionRequest: Sendable {
    enum Action: String, CaseIterable {
        case state, pin, approve, merge, author
    }

    case state(Question.State, Question.How?)
    case pin(on: Bool)
    case approve
    case merge(into: Int64)
    case author

    init(_ action: Action, _ fields: Fields) throws(HubError) {
        switch action {
        case .state: self = try Self.state(fields)
        case .pin: self = .pin(on: try Self.isOn(fields))
        case .approve: self = .approve
        case .merge: self = .merge(into: try fields.required("into", fields.integer("into")))
        case .author: self = .author
        }
    }

    static func id(_ fields: Fields) throws(HubError) -> Int64 { try fields.required("id", fields.integer("id")) }

    static func isOn(_ fields: Fields) throws(HubError) -> Bool { try fields.required("on", fields.bool("on")) }

    private static func state(_ fields: Fields) throws(HubError) -> QuestionRequest {
        let step = try fields.required("state", fields.word("state", as: Step.self))
        let how = try fields.word("how", as: Question.How.self)
        guard step == .answered || how == nil else {
            throw .invalid(
                "how",
                Localized(
                    en: "Only an answered question says how.", fr: "Seule une question répondue dit comment."
                )
            )
        }
        return .state(step.state, step == .answered ? how ?? .live : nil)
    }

    /// The states that are set by hand.
    private enum Step: String, CaseIterable {
        case open, answered, dismissed

        var state: Question.State {
            switch self {
            case .open: .open
            case .answered: .answered
            case .dismissed: .dismissed
            }
        }
    }

    /// - Returns: the reply's `ok`, or the answer's data.
    func carryOut(
        on id: Int64, by operations: QuestionOperations, as access: SessionAccess, _ caller: Caller,
        in transaction: JournalTransaction
    ) throws -> JSON {
        let seq: Int64
        switch self {
        case .state(let state, let how):
            seq = try operations.set(state, how: how, of: id, as: access, by: caller, in: transaction)
        case .pin(let on): seq = try operations.pin(id, on: on, as: access, by: caller, in: transaction)
        case .approve: seq = try operations.approve(id, as: access, by: caller, in: transaction)
        case .merge(let other): seq = try operations.merge(id, into: other, as: access, by: caller, in: transaction)
        case .author: return ["user": try operations.author(of: id, as: access, by: caller, in: transaction).json]
        }
        return ["seq": .integer(seq)]
    }
}

extension RateLimit {
    /// Votes, over the channel and over REST.
    static func votes(clock: HubClock) -> RateLimit {
        RateLimit(
            person: Rate(perSecond: 5, burst: 20), in: .eachSession, session: Rate(perSecond: 0, burst: 0), clock: clock
        )
    }
}
