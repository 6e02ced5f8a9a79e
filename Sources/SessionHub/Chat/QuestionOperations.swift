import StrictJSON

/// What is done with questions, inside the writer's transaction. This is the one place that decides who may.
struct QuestionOperations: Sendable {
    let windows: ClassWindows

    /// Votes for somebody else's question, or takes the vote back.
    ///
    /// - Returns: how many votes it has now. Throws `message_not_found`, `forbidden`, `conflict`, and what
    ///   `SessionLifecycle.channelOpening` throws.
    func vote(
        for id: Int64, on: Bool, as access: SessionAccess, in transaction: JournalTransaction
    ) throws -> Int64 {
        let now = access.session.time(at: transaction.moment)
        try SessionLifecycle.channelOpening(for: access.session, isHost: access.isHost, now: now, windows: windows)
        let question = try find(id, as: access, in: transaction)
        guard question.askerID != access.user.id, !question.isPrivate else { throw HubError(.forbidden, field: "id") }
        guard question.state == .open else { throw Self.conflict(Self.notOpen) }
        let votes = try QuestionStore.vote(id, by: access.user.id, on: on, at: now, in: transaction.connection)
        show(votes, of: id, in: access.session.id, transaction)
        return votes
    }

    /// Brings a question to another state by hand.
    ///
    /// - Parameter how: how it was answered; for `answered` only.
    /// - Returns: the seq of the event; of the newest one when it is so already. Throws `message_not_found`,
    ///   `conflict`.
    func set(
        _ state: Question.State, how: Question.How?, of id: Int64, as access: SessionAccess, by caller: Caller,
        in transaction: JournalTransaction
    ) throws -> Int64 {
        let question = try find(id, as: access, in: transaction)
        guard question.state != state || question.how != how else { return access.session.headSeq }
        guard question.state == state || question.mayBecome(state) else { throw Self.conflict(Self.noSuchStep) }
        if state == .open, !question.isPublic, !question.isPrivate {
            return try publish(question, as: access, by: caller, in: transaction)
        }
        return try move(question, to: state, how: how, as: access, by: caller, in: transaction)
    }

    /// Opens a pending question for everybody.
    func approve(
        _ id: Int64, as access: SessionAccess, by caller: Caller, in transaction: JournalTransaction
    ) throws -> Int64 {
        let question = try find(id, as: access, in: transaction)
        guard !question.isPublic, !question.isPrivate else { return access.session.headSeq }
        // One that was dismissed while it waited is approved as well; one that became part of another is over.
        guard question.state != .merged else { throw Self.conflict(Self.noSuchStep) }
        return try publish(question, as: access, by: caller, in: transaction)
    }

    func pin(
        _ id: Int64, on: Bool, as access: SessionAccess, by caller: Caller, in transaction: JournalTransaction
    ) throws -> Int64 {
        let question = try find(id, as: access, in: transaction)
        guard question.isPinned != on else { return access.session.headSeq }
        // Whoever first sees a question by its approval is told of no pin: one that waits for it has none.
        guard !on || question.state != .merged && (question.isPublic || question.isPrivate) else {
            throw Self.conflict(Self.noSuchStep)
        }
        try QuestionStore.pin(id, on: on, in: transaction.connection)
        return try tell(["pinned": .bool(on)], of: question, as: access, by: caller, in: transaction)
    }

    /// Makes a question part of another one, which gets its votes. Throws `message_not_found`, `conflict`.
    func merge(
        _ id: Int64, into other: Int64, as access: SessionAccess, by caller: Caller,
        in transaction: JournalTransaction
    ) throws -> Int64 {
        let question = try find(id, as: access, in: transaction)
        let target = try find(other, field: "into", as: access, in: transaction)
        guard id != other, target.state == .open, target.isPublic else {
            throw HubError(.conflict, field: "into", Self.notOpen)
        }
        guard question.state == .open || question.state == .pending else { throw Self.conflict(Self.noSuchStep) }
        let votes = try QuestionStore.merge(question, into: target, in: transaction.connection)
        show(votes, of: other, in: access.session.id, transaction)
        var changes: JSONObject = [
            "state": .string(Question.State.merged.rawValue), "merged_into": .integer(other),
        ]
        if !question.isPrivate { changes["votes"] = .integer(question.votes) }
        if question.isPinned { changes["pinned"] = false }
        return try tell(changes, of: question, as: access, by: caller, in: transaction)
    }

    /// Who asked. The list of what hosts did says who wanted to know it of an anonymous question, also of a deleted
    /// one.
    func author(
        of id: Int64, as access: SessionAccess, by caller: Caller, in transaction: JournalTransaction
    ) throws -> Actor {
        let (session, connection) = (access.session, transaction.connection)
        guard let question = try QuestionStore.question(id, session: session.id, in: connection),
            let asker = try SessionAccess.load(session: session.id, of: question.askerID, in: connection)
        else { throw HubError(.messageNotFound, field: "id") }
        if question.isAnonymous {
            try note(.questionAuthor, of: question, seq: nil, as: access, by: caller, in: transaction)
        }
        return Actor(asker.user, role: asker.role)
    }

    /// A host has answered in writing: what the answer replies to is answered with it.
    func answered(_ question: Question, as access: SessionAccess, in transaction: JournalTransaction) throws {
        guard access.isHost, question.state == .open, !question.isDeleted else { return }
        _ = try move(question, to: .answered, how: .written, as: access, by: nil, in: transaction)
    }

    // MARK: -

    /// A question that this person may see and that was not deleted.
    private func find(
        _ id: Int64, field: String = "id", as access: SessionAccess, in transaction: JournalTransaction
    ) throws -> Question {
        let found = try QuestionStore.question(id, session: access.session.id, in: transaction.connection)
        guard let found, !found.isDeleted, found.isVisible(to: access.user.id, isHost: access.isHost) else {
            throw HubError(.messageNotFound, field: field)
        }
        return found
    }

    private func move(
        _ question: Question, to state: Question.State, how: Question.How?, as access: SessionAccess,
        by caller: Caller?, in transaction: JournalTransaction
    ) throws -> Int64 {
        try QuestionStore.set(state, how: how, of: question.id, in: transaction.connection)
        var changes: JSONObject = ["state": .string(state.rawValue)]
        if let how { changes["how"] = .string(how.rawValue) }
        // Whoever was away while the last votes came learns of them by nothing else once the question is closed. Of one
        // that opens, newer counts may be ahead of this event.
        if state != .open, !question.isPrivate { changes["votes"] = .integer(question.votes) }
        return try tell(changes, of: question, as: access, by: caller, in: transaction)
    }

    /// Appends `question.updated`, for those who may see the question.
    private func tell(
        _ changes: JSONObject, of question: Question, as access: SessionAccess, by caller: Caller?,
        in transaction: JournalTransaction
    ) throws -> Int64 {
        var payload: JSONObject = ["id": .integer(question.id), "message_seq": .integer(question.seq)]
        for change in changes.members { payload[change.name] = change.value }
        return try transaction.append(
            .questionUpdated, to: access.session.id, payload: payload, by: actor(access, caller),
            audience: question.audience
        ).seq
    }

    private func publish(
        _ question: Question, as access: SessionAccess, by caller: Caller, in transaction: JournalTransaction
    ) throws -> Int64 {
        let (session, connection) = (access.session.id, transaction.connection)
        let place = try transaction.place(in: session)
        try QuestionStore.publish(question.id, at: place.seq, in: connection)
        try note(.questionApproval, of: question, seq: place.seq, as: access, by: caller, in: transaction)
        let asker = try SessionAccess.load(session: session, of: question.askerID, in: connection)
        let role = try QuestionStore.askerRole(of: question, session: session, in: connection)
        let payload: JSONObject = ["id": .integer(question.id), "message_seq": .integer(question.seq)]
        return try transaction.append(
            .questionPublished, at: place, payload: payload,
            by: question.isAnonymous ? nil : asker.map { Actor($0.user, role: role) },
            content: ChatStore.published(question.id, in: connection)
        ).seq
    }

    /// The target of an act is named by its message alone: of an anonymous one nobody may learn more by the list.
    private func note(
        _ action: ModerationAct.Action, of question: Question, seq: Int64?, as access: SessionAccess, by caller: Caller,
        in transaction: JournalTransaction
    ) throws {
        try ModerationStore.note(
            ModerationAct(action: action, message: question.id), session: access.session.id, seq: seq,
            by: actor(access, caller)?.person.id, at: access.session.time(at: transaction.moment),
            in: transaction.connection
        )
    }

    private func actor(_ access: SessionAccess, _ caller: Caller?) -> Actor? {
        caller?.role == .service ? nil : Actor(access.user, role: access.role)
    }

    private func show(_ votes: Int64, of id: Int64, in session: Int64, _ transaction: JournalTransaction) {
        transaction.show(.votes(votes, of: id, in: session))
    }

    private static func conflict(_ sentence: Localized) -> HubError { HubError(.conflict, field: "id", sentence) }

    private static let notOpen = Localized(
        en: "This question is not open.", fr: "Cette question n’est pas ouverte."
    )
    private static let noSuchStep = Localized(
        en: "That cannot be done with this question as it stands now.",
        fr: "Cela n’est pas possible avec cette question dans son état actuel."
    )
}
