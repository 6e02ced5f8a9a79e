/// What a client says first: who it is, and which position it has.
struct Hello: Sendable {
    /// The position that a client already has.
    struct Resume: Sendable, Equatable {
        /// The newest event that a client was shown, by which its history is known.
        struct Witness: Sendable, Equatable {
            let seq: Int64
            /// The event's `at` as the client was sent it.
            let at: String
        }

        let seq: Int64
        let epoch: String
        /// Nil for a client that names none: then its epoch alone says whose history it has.
        var witness: Witness?
    }

    let token: String?
    let resume: Resume?
    let client: String?

    init(_ fields: Fields) throws(HubError) {
        var resume: Resume?
        if let value = fields.value("resume") {
            let position = try Fields(value, path: "resume")
            resume = try Resume(position)
        }
        self.resume = resume
        token = try fields.text("token", .exact, limit: 8192)
        client = try fields.text("client", limit: 64)
    }
}

extension Hello.Resume {
    fileprivate init(_ position: Fields) throws(HubError) {
        seq = try position.required("seq", position.integer("seq", in: 0...Int64.max))
        epoch = try position.required("epoch", position.text("epoch", .exact, limit: 64))
        guard let value = position.value("witness") else { return }
        let held = try Fields(value, path: position.path("witness"))
        witness = try Witness(
            seq: held.required("seq", held.integer("seq", in: 1...max(1, seq))),
            at: held.required("at", held.text("at", .exact, limit: 64))
        )
    }
}
