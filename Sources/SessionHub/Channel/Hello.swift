/// What a client says first: who it is, and which position it has.
struct Hello: Sendable {
    /// The position that a client already has.
    struct Resume: Sendable, Equatable {
        let seq: Int64
        let epoch: String
    }

    let token: String?
    let resume: Resume?
    let client: String?

    init(_ fields: Fields) throws(HubError) {
        var resume: Resume?
        if let value = fields.value("resume") {
            let position = try Fields(value, path: "resume")
            resume = try Resume(
                seq: position.required("seq", position.integer("seq", in: 0...Int64.max)),
                epoch: position.required("epoch", position.text("epoch", .exact, limit: 64))
            )
        }
        self.resume = resume
        token = try fields.text("token", .exact, limit: 8192)
        client = try fields.text("client", limit: 64)
    }
}
