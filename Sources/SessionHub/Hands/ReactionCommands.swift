import StrictJSON

/// What people show for a moment, without a word and without a name.
struct ReactionCommands: Sendable {
    let limit: RateLimit

    func add(to channel: inout ChannelAPI) {
        channel.state(ReactionCounts.self)
        channel.change("reaction", for: .members, of: ReactionCounts.self, limit: limit) { fields throws(HubError) in
            try fields.required("kind", fields.word("kind", as: ReactionCounts.Kind.self))
        } work: { kind, call, counts throws(HubError) in
            guard call.isLive else { throw HubError(.notLive) }
            counts.add(kind)
            return [:]
        }
    }
}

extension RateLimit {
    /// Hands: each change is written, and may go to everybody.
    static func hands(clock: HubClock) -> RateLimit {
        RateLimit(
            person: Rate(perSecond: 5, burst: 10), in: .eachSession, session: Rate(perSecond: 0, burst: 0), clock: clock
        )
    }

    /// Reactions: one person must not be able to flood everybody's counts.
    static func reactions(clock: HubClock) -> RateLimit {
        RateLimit(
            person: Rate(perSecond: 2, burst: 5), in: .eachSession, session: Rate(perSecond: 0, burst: 0), clock: clock
        )
    }
}
