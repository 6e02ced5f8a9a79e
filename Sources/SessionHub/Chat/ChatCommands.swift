import StrictJSON

/// What is said in a class, and who is about to say something.
struct ChatCommands: Sendable {
    let operations: ChatOperations
    let posts: RateLimit
    /// The most Unicode code points of a message.
    let textLimit: Int

    func add(to channel: inout ChannelAPI) {
        let (operations, textLimit) = (operations, textLimit)
        let typing = channel.state(TypingList.self)
        channel.write("chat.post", for: .members, limit: posts) { fields throws(HubError) in
            try ChatPost(fields, textLimit: textLimit)
        } touch: { post, call, states in
            states.change(typing) {
                $0.posted(call.caller.userID, isAnonymous: post.isAnonymous, now: call.steady)
            }
        } known: { post, call, transaction in
            try operations.posted(post, session: call.session, by: call.caller.userID, in: transaction)?.json
        } work: { post, access, _, transaction in
            try operations.post(post, as: access, in: transaction).json
        }
        channel.write("chat.delete", for: .members) { fields throws(HubError) in
            try fields.required("id", fields.integer("id"))
        } work: { id, access, _, transaction in
            ["seq": .integer(try operations.delete(message: id, as: access, in: transaction))]
        }
        channel.change("typing", for: .members, of: typing) { fields throws(HubError) in
            try fields.required("on", fields.bool("on"))
        } work: { on, call, typing throws(HubError) in
            typing.set(call.caller.userID, on: on, now: call.steady)
            return [:]
        }
        channel.permit("chat.delete.any", for: .hosts)
    }
}
