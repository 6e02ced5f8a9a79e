import StrictJSON

/// What hosts put up for a class, inside the writer's transaction: before, during and after it.
struct MaterialOperations: Sendable {
    /// What `material.add` answers.
    struct Added: Sendable {
        let id: Int64
        let seq: Int64
        /// Whether the client_id was known, so that nothing was written.
        let isDuplicate: Bool

        var json: JSON {
            var object: JSONObject = ["id": .integer(id), "seq": .integer(seq)]
            if isDuplicate { object["duplicate"] = true }
            return .object(object)
        }
    }

    /// Every welcome of the class carries them all.
    private static let (mostMaterials, mostBytes) = (100, 64 * 1024)

    /// The outcome of an earlier addition with the same client_id, or nil. It is looked up before every rule.
    func added(
        _ material: NewMaterial, session: Int64, by user: Int64, in transaction: JournalTransaction
    ) throws -> Added? {
        guard let clientID = material.clientID else { return nil }
        return try MaterialStore.added(session: session, user: user, clientID: clientID, in: transaction.connection)
            .map { Added(id: $0.id, seq: $0.seq, isDuplicate: true) }
    }

    /// Throws `conflict` when there is no room for another one.
    func add(
        _ material: NewMaterial, as access: SessionAccess, by caller: Caller, in transaction: JournalTransaction
    ) throws -> Added {
        let (session, connection) = (access.session, transaction.connection)
        let others = try MaterialStore.all(session: session.id, in: connection)
        let bytes = others.reduce(material.byteCount) { $0 + $1.byteCount }
        guard others.count < Self.mostMaterials, bytes <= Self.mostBytes else { throw HubError(.conflict, Self.full) }
        try MaterialStore.mark(session, in: connection)
        let (actor, place) = (Self.actor(access, caller), try transaction.place(in: session.id))
        let id = try MaterialStore.insert(
            material, session: session.id, user: actor?.person.id, seq: place.seq,
            at: session.time(at: transaction.moment), in: connection
        )
        try transaction.append(
            .materialAdded, at: place, payload: ["id": .integer(id)], by: actor,
            content: ["title": .string(material.title), "url": .string(material.url)]
        )
        return Added(id: id, seq: place.seq, isDuplicate: false)
    }

    /// Removes a material, and what it says from the journal. A second call changes nothing.
    ///
    /// - Returns: the seq of `material.removed`; of the newest event when it is removed already. Throws
    ///   `material_not_found`.
    func remove(
        _ id: Int64, as access: SessionAccess, by caller: Caller, in transaction: JournalTransaction
    ) throws -> Int64 {
        let (session, connection) = (access.session, transaction.connection)
        guard let added = try MaterialStore.place(of: id, session: session.id, in: connection) else {
            throw HubError(.materialNotFound, field: "id")
        }
        guard !added.isRemoved else { return session.headSeq }
        try MaterialStore.remove(id, at: session.time(at: transaction.moment), in: connection)
        return try transaction.append(
            .materialRemoved, to: session.id, payload: ["id": .integer(id)], by: Self.actor(access, caller),
            redacting: [added.seq]
        ).seq
    }

    /// Sets the task of now, or takes it away; the one before is gone, from the journal as well. What is so already
    /// makes no event.
    ///
    /// - Parameter text: nil for no task.
    /// - Returns: the seq of `task.set`; of the newest event when nothing changes.
    func set(
        task text: String?, as access: SessionAccess, by caller: Caller, in transaction: JournalTransaction
    ) throws -> Int64 {
        let (session, connection) = (access.session, transaction.connection)
        let before = try MaterialStore.task(session: session.id, in: connection)
        guard before?.text != text else { return session.headSeq }
        let (actor, place) = (Self.actor(access, caller), try transaction.place(in: session.id))
        if let text {
            try MaterialStore.mark(session, in: connection)
            try MaterialStore.set(
                task: text, session: session.id, user: actor?.person.id, seq: place.seq,
                at: session.time(at: transaction.moment), in: connection
            )
        } else {
            try MaterialStore.removeTask(session: session.id, in: connection)
        }
        return try transaction.append(
            .taskSet, at: place, payload: text == nil ? ["text": .null] : [:], by: actor,
            content: text.map { ["text": .string($0)] } ?? [:], redacting: before.map { [$0.seq] } ?? []
        ).seq
    }

    private static func actor(_ access: SessionAccess, _ caller: Caller) -> Actor? {
        caller.role == .service ? nil : Actor(access.user, role: access.role)
    }

    private static let full = Localized(
        en: "A class has at most \(mostMaterials) materials and \(mostBytes / 1024) KiB of them: remove some first.",
        fr: "Une classe a au plus \(mostMaterials) documents et \(mostBytes / 1024) Kio : retirez-en d’abord."
    )
}

extension Material {
    fileprivate var byteCount: Int { title.utf8.count + url.utf8.count }
}

extension NewMaterial {
    fileprivate var byteCount: Int { title.utf8.count + url.utf8.count }
}
