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
    }

    /// - Parameter event: the event of the change; nil when nothing had to be changed.
    private static func answer(_ event: ServerEvent?, _ access: SessionAccess) -> JSON {
        ["seq": .integer(event?.seq ?? access.session.headSeq)]
    }
}
