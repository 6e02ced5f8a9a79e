package import StrictJSON

extension ChannelAPI {
    /// Adds a command that a class's people give: what the caller is to the class is read in the writer's transaction, and who
    /// may not is refused there, before `work`.
    ///
    /// - Parameters:
    ///   - known: answers what was done already, before every rule; nil when it is new.
    ///   - work: returns the reply's `ok`; throws a `HubError` to refuse.
    package mutating func write<Input: Sendable>(
        _ name: String, for callers: Callers, limit: RateLimit? = nil, decode: @escaping Decode<Input>,
        touch: (@Sendable (Input, ChannelCall, EphemeralStates) -> Void)? = nil,
        known: (@Sendable (Input, ChannelCall, JournalTransaction) throws -> JSON?)? = nil,
        work: @escaping @Sendable (Input, SessionAccess, Caller, JournalTransaction) throws -> JSON
    ) {
        write(name, for: callers, limit: limit, decode: decode, touch: touch) { input, call, transaction in
            if let answer = try known?(input, call, transaction) { return answer }
            let access = try SessionAccess.load(
                session: call.session, for: call.caller, in: transaction.connection
            )
            switch callers {
            case .members: _ = try access.requireMember()
            case .hosts: try access.requireHost()
            }
            return try work(input, access, call.caller, transaction)
        }
    }
}
