import StrictJSON

/// Something that a host did to somebody, to a message or to the rules of the chat, as the audit list has it.
struct ModerationAct: Sendable, Equatable {
    /// What can be done, by the name that events, the audit list and REST have for it.
    enum Action: String, Sendable, CaseIterable {
        case mute, unmute, remove, ban, unban
        case chatMode = "chat.mode"
        case slowMode = "chat.slow"
        case approvalRule = "question.approval"
        case anonymityRule = "question.anonymity"
        case cohost, guest
        case deletion = "chat.delete"
        case questionApproval = "question.approve"
        case questionAuthor = "question.author"
        case correction = "attendance.correct"
    }

    /// How far a ban goes.
    enum Scope: String, Sendable, CaseIterable {
        case session, course
    }

    let action: Action
    /// Whom it was done to. Nil for a rule, and for a message whose author nobody may know.
    var target: Int64?
    var message: Int64?
    var scope: Scope?
    /// When a mute ends, by the class's own time; nil for one that a host must take back.
    var until: Timestamp?
    /// The new value of a rule.
    var value: String?
    var reason: String?

    /// What `moderation.updated` says beside who did it.
    var members: JSONObject {
        var object = JSONObject([("action", .string(action.rawValue)), ("user_id", .optional(target))])
        if let scope { object["scope"] = .string(scope.rawValue) }
        if let until { object["until"] = .string(until.text) }
        if let reason { object["reason"] = .string(reason) }
        return object
    }
}

/// What a host wants done to somebody: the five commands, and REST's one route.
struct ModerationRequest: Sendable {
    let action: ModerationAct.Action
    var user: Int64
    /// How long a mute lasts, in seconds; nil until it is taken back.
    let seconds: Int64?
    let scope: ModerationAct.Scope
    let reason: String?

    /// The acts that have a person.
    static let actions: [ModerationAct.Action] = [.mute, .unmute, .remove, .ban, .unban]

    init(_ action: ModerationAct.Action, _ fields: Fields) throws(HubError) {
        self.action = action
        user = try fields.required("user_id", fields.integer("user_id"))
        seconds = action == .mute ? try fields.integer("seconds", in: 1...604_800) : nil
        scope = action == .ban ? try fields.word("scope") ?? .session : .session
        let isReasoned = action == .mute || action == .remove || action == .ban
        reason = isReasoned ? try fields.text("reason", limit: 500) : nil
    }

    /// The body of `POST .../moderation`, which names the act.
    init(_ fields: Fields) throws(HubError) {
        let action = try fields.required("action", fields.word("action", as: Named.self))
        try self.init(action.action, fields)
    }

    private enum Named: String, CaseIterable {
        case mute, unmute, remove, ban, unban

        var action: ModerationAct.Action {
            switch self {
            case .mute: .mute
            case .unmute: .unmute
            case .remove: .remove
            case .ban: .ban
            case .unban: .unban
            }
        }
    }
}
