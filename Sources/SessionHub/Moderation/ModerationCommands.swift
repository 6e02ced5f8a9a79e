import StrictJSON

/// What hosts do to people, over the channel.
struct ModerationCommands: Sendable {
    let operations: ModerationOperations
    let steering: RateLimit

    func add(to channel: inout ChannelAPI) {
        let operations = operations
        for action in ModerationRequest.actions {
            channel.write("moderation.\(action.rawValue)", for: .hosts, limit: steering) { fields throws(HubError) in
                try ModerationRequest(action, fields)
            } work: { request, access, caller, transaction in
                ["seq": .integer(try operations.carryOut(request, as: access, by: caller, in: transaction))]
            }
        }
    }
}
