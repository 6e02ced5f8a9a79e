import Database
import StrictJSON

extension ChannelAPI {
    /// Adds a command that is carried out in the writer's transaction, in the order in which the session's commands
    /// came. What the caller is to the class is read there, and somebody who may not give the command is refused before
    /// `work`.
    ///
    /// - Parameters:
    ///   - limit: how often the command may be given; nil when only the limit of frames counts.
    ///   - clientID: of a command that is a post; nil for anything else (`PostKey`).
    ///   - touch: changes states that nobody stores, at once and before the write.
    ///   - known: the answer to a command that was carried out before, which no rule can refuse; nil for a new one.
    ///   - work: returns the reply's `ok`; throws a `HubError` to refuse.
    mutating func write<Input: Sendable>(
        _ name: String, for callers: Callers, limit: RateLimit? = nil, decode: @escaping Decode<Input>,
        clientID: (@Sendable (Input) -> String)? = nil,
        touch: (@Sendable (Input, ChannelCall, EphemeralStates) -> Void)? = nil,
        known: (@Sendable (Input, ChannelCall, JournalTransaction) throws -> JSON?)? = nil,
        work: @escaping @Sendable (Input, SessionAccess, Caller, JournalTransaction) throws -> JSON
    ) {
        write(
            name, for: callers, limit: limit, decode: decode, clientID: clientID, touch: touch,
            run: { input, call, transaction in
                if let answer = try known?(input, call, transaction) { return answer }
                let access = try SessionAccess.load(session: call.session, for: call.caller, in: transaction)
                switch callers {
                case .members: _ = try access.requireMember()
                case .hosts: try access.requireHost()
                case .teachers: try access.requireTeacher()
                }
                try access.requirePresent()
                return try work(input, access, call.caller, transaction)
            })
    }
}
