import Database
package import StrictJSON

extension ChannelAPI {
    /// Adds a command that is carried out in the writer's transaction, in the order in which the session's commands
    /// came. What the caller is to the class is read there, and who may not is refused before `work`.
    ///
    /// - Parameters:
    ///   - limit: how often; nil for as often as any frame.
    ///   - touch: what the command changes at once in states that nobody stores.
    ///   - known: answers what was done already, before every rule; nil when it is new.
    ///   - work: returns the reply's `ok`; throws a `HubError` to refuse.
    package mutating func write<Input: Sendable>(
        _ name: String, for callers: Callers, limit: RateLimit? = nil, decode: @escaping Decode<Input>,
        touch: (@Sendable (Input, ChannelCall, EphemeralStates) -> Void)? = nil,
        known: (@Sendable (Input, ChannelCall, JournalTransaction) throws -> JSON?)? = nil,
        work: @escaping @Sendable (Input, SessionAccess, Caller, JournalTransaction) throws -> JSON
    ) {
        write(
            name, for: callers, limit: limit, decode: decode, touch: touch,
            run: { input, call, transaction in
                if let answer = try known?(input, call, transaction) { return answer }
                let access = try SessionAccess.load(session: call.session, for: call.caller, in: transaction.connection)
                switch callers {
                case .members: _ = try access.requireMember()
                case .hosts: try access.requireHost()
                }
                return try work(input, access, call.caller, transaction)
            })
    }
}
