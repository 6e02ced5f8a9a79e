import StrictJSON

/// What hosts do with a class over the channel, by the same operations as over REST.
struct SessionCommands: Sendable {
    let operations: SessionOperations
    let steering: RateLimit

    func add(to channel: inout ChannelAPI) {
        let operations = operations
        channel.write("session.start", for: .hosts, limit: steering) { _ throws(HubError) in
        } work: { _, access, caller, transaction in
            Self.answer(try operations.start(access, by: caller, in: transaction), access)
        }
        channel.write("session.end", for: .hosts, limit: steering) { fields throws(HubError) in
            fields
        } work: { fields, access, caller, transaction in
            Self.answer(try operations.end(access, fields: fields, by: caller, in: transaction), access)
        }
        channel.write("session.update", for: .hosts, limit: steering) { fields throws(HubError) in
            fields
        } work: { fields, access, caller, transaction in
            Self.answer(try operations.update(access, fields: fields, by: caller, in: transaction), access)
        }
        addRules(to: &channel)
    }

    /// The rules of the chat are fields of the session; each has a command of its own.
    private func addRules(to channel: inout ChannelAPI) {
        let operations = operations
        channel.write("chat.mode", for: .hosts, limit: steering) { fields throws(HubError) in
            try fields.required("mode", fields.word("mode", as: ChatMode.self))
        } work: { mode, access, caller, transaction in
            let fields = Fields(JSONObject([("chat_mode", .string(mode.rawValue))]))
            return Self.answer(try operations.update(access, fields: fields, by: caller, in: transaction), access)
        }
        channel.write("chat.slow", for: .hosts, limit: steering) { fields throws(HubError) in
            try fields.required("seconds", fields.integer("seconds", in: 0...600))
        } work: { seconds, access, caller, transaction in
            let fields = Fields(JSONObject([("slow_mode_seconds", .integer(seconds))]))
            return Self.answer(try operations.update(access, fields: fields, by: caller, in: transaction), access)
        }
    }

    /// - Parameter event: the event of the change; nil when nothing had to be changed.
    private static func answer(_ event: ServerEvent?, _ access: SessionAccess) -> JSON {
        ["seq": .integer(event?.seq ?? access.session.headSeq)]
    }
}
