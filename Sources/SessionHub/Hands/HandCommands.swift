import StrictJSON

/// Hands that are raised, lowered and called.
struct HandCommands: Sendable {
    let limit: RateLimit

    func add(to channel: inout ChannelAPI) {
        channel.write("hand", for: .members, limit: limit) { fields throws(HubError) in
            (isUp: try fields.required("up", fields.bool("up")), user: try fields.integer("user_id"))
        } work: { hand, access, _, transaction in
            try HandOperations.move(isUp: hand.isUp, of: hand.user, as: access, in: transaction)
            return [:]
        }
        channel.write("hand.next", for: .hosts) { _ throws(HubError) in
        } work: { _, access, _, transaction in
            let user = try HandOperations.callNext(as: access, in: transaction)
            return ["user_id": user.map { .integer($0) } ?? .null]
        }
    }
}
