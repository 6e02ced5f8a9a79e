/// Builds the table of the channel's commands, as `Routes` builds the router.
struct Commands {
    let limits: HubLimits
    let windows: ClassWindows
    let sessions: SessionOperations
    let steering: RateLimit
    let votes: RateLimit
    let clock: HubClock

    /// The order of the features is the order in which the welcome names what somebody may do.
    func channel() -> ChannelAPI {
        var channel = ChannelAPI()
        ChatCommands(
            operations: ChatOperations(windows: windows), posts: .posts(limits, clock: clock),
            textLimit: limits.textCharacters
        ).add(to: &channel)
        ChannelCommands(limits: limits, reader: .hub).add(to: &channel)
        SessionCommands(operations: sessions, steering: steering).add(to: &channel)
        ModerationCommands(operations: ModerationOperations(), steering: steering).add(to: &channel)
        CohostCommands(operations: CohostOperations(), steering: steering).add(to: &channel)
        HandCommands(limit: .hands(clock: clock)).add(to: &channel)
        ReactionCommands(limit: .reactions(clock: clock)).add(to: &channel)
        QuestionCommands(
            operations: QuestionOperations(windows: windows), votes: votes, steering: steering
        ).add(to: &channel)
        MaterialCommands(operations: MaterialOperations(), steering: steering).add(to: &channel)
        return channel
    }
}
