import StrictJSON

/// What is said in a class, and who is about to say something.
struct ChatCommands: Sendable {
    let operations: ChatOperations
    let posts: RateLimit
    /// The most Unicode code points of a message.
    let textLimit: Int

    func add(to channel: inout ChannelAPI) {
        let (operations, textLimit) = (operations, textLimit)
        channel.state(TypingList.self)
        addPost("chat.post", for: .members, to: &channel) { fields throws(HubError) in
            try ChatPost(fields, textLimit: textLimit)
        }
        channel.permit("chat.delete.any", for: .hosts)
        addPost("chat.announce", for: .hosts, to: &channel) { fields throws(HubError) in
            try ChatPost(announcement: fields, textLimit: textLimit)
        }
        channel.write("chat.delete", for: .members) { fields throws(HubError) in
            try fields.required("id", fields.integer("id"))
        } work: { id, access, _, transaction in
            ["seq": .integer(try operations.delete(message: id, as: access, in: transaction))]
        }
        channel.change("typing", for: .members, of: TypingList.self) { fields throws(HubError) in
            try fields.required("on", fields.bool("on"))
        } work: { on, call, typing throws(HubError) in
            typing.set(call.caller.userID, on: on, now: call.steady)
            return [:]
        }
    }

    private func addPost(
        _ name: String, for callers: ChannelAPI.Callers, to channel: inout ChannelAPI,
        decode: @escaping ChannelAPI.Decode<ChatPost>
    ) {
        let operations = operations
        channel.write(name, for: callers, limit: posts, decode: decode, clientID: \.clientID) { post, call, states in
            states.change(TypingList.self) {
                $0.posted(call.caller.userID, isQuestion: post.kind == .question, now: call.steady)
            }
        } known: { post, call, transaction in
            try operations.posted(post, session: call.session, by: call.caller.userID, in: transaction)?.json
        } work: { post, access, _, transaction in
            try operations.post(post, as: access, in: transaction).json
        }
    }
}
