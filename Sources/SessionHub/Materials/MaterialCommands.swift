import StrictJSON

/// Materials and the task over the channel.
struct MaterialCommands: Sendable {
    let operations: MaterialOperations
    let steering: RateLimit

    func add(to channel: inout ChannelAPI) {
        let operations = operations
        channel.write("material.add", for: .hosts, limit: steering) { fields throws(HubError) in
            try NewMaterial(fields, clientID: fields.clientID())
        } known: { material, call, transaction in
            try operations.added(material, session: call.session, by: call.caller.userID, in: transaction)?.json
        } work: { material, access, caller, transaction in
            try operations.add(material, as: access, by: caller, in: transaction).json
        }
        channel.write("material.remove", for: .hosts, limit: steering) { fields throws(HubError) in
            try fields.required("id", fields.integer("id"))
        } work: { id, access, caller, transaction in
            ["seq": .integer(try operations.remove(id, as: access, by: caller, in: transaction))]
        }
        channel.write("task.set", for: .hosts, limit: steering) { fields throws(HubError) in
            try ClassTask.text(fields)
        } work: { text, access, caller, transaction in
            ["seq": .integer(try operations.set(task: text, as: access, by: caller, in: transaction))]
        }
    }
}
