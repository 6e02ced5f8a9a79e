import StrictJSON

/// Posting and deleting chat messages, inside the writer's transaction. This is the one place that decides who may.
struct ChatOperations: Sendable {
    /// What `chat.post` answers.
    struct Posted: Sendable, Equatable {
        let id: Int64
        let seq: Int64
        /// Whether the client_id was known, so that nothing was written.
        let isDuplicate: Bool

        var json: JSON {
            var object = JSONObject([("id", .integer(id)), ("seq", .integer(seq))])
            if isDuplicate { object["duplicate"] = .bool(true) }
            return .object(object)
        }
    }

    let windows: ClassWindows
    let questions: QuestionOperations

    init(windows: ClassWindows) {
        self.windows = windows
        questions = QuestionOperations(windows: windows)
    }

    /// The outcome of an earlier post with the same client_id, or nil. It is looked up before every rule, so that a
    /// retry learns it even after the chat was locked or the class has ended.
    func posted(
        _ post: ChatPost, session: Int64, by user: Int64, in transaction: JournalTransaction
    ) throws -> Posted? {
        let key = PostKey(session: session, user: user, clientID: post.clientID)
        return try ChatStore.posted(key, in: transaction)
            .map { Posted(id: $0.id, seq: $0.seq, isDuplicate: true) }
    }

    /// Posts a message. Throws `not_open`, `session_over`, `session_cancelled`, `chat_disabled`, `message_not_found`.
    func post(
        _ post: ChatPost, as access: SessionAccess, in transaction: JournalTransaction
    ) throws -> Posted {
        let session = access.session.id
        try SessionLifecycle.channelOpening(
            for: access.session, isHost: access.isHost, now: access.session.time(at: transaction.moment),
            windows: windows
        )
        guard access.session.isChatEnabled else { throw HubError(.chatDisabled) }
        try requireVoice(access, for: post, in: transaction)
        let question = try question(answeredBy: post, as: access, in: transaction)
        let place = try transaction.place(in: session)
        let state = state(of: post, as: access)
        let isPublic = state == .open && !post.isPrivate
        let message = NewMessage(
            post: post, state: state, isPublic: isPublic, session: session, user: access.user.id, seq: place.seq,
            at: access.session.time(at: transaction.moment)
        )
        let id = try ChatStore.insert(message, in: transaction)
        let content = ChatContent(
            id: id, kind: post.kind, text: post.text, clientID: post.clientID, replyTo: post.replyTo,
            isAnonymous: post.isAnonymous, isPrivate: post.isPrivate
        )
        try transaction.append(
            .chatMessage, at: place, payload: state.map { ["state": .string($0.rawValue)] } ?? [:],
            by: post.isAnonymous ? nil : Actor(access.user, role: access.role),
            audience: state == nil || isPublic ? question?.audience ?? .all : .user(access.user.id),
            content: content.members
        )
        if let question { try questions.answered(question, as: access, in: transaction) }
        return Posted(id: id, seq: place.seq, isDuplicate: false)
    }

    /// The question to which a post replies. Throws `message_not_found` for one that its author may not see.
    private func question(
        answeredBy post: ChatPost, as access: SessionAccess, in transaction: JournalTransaction
    ) throws -> Question? {
        guard let id = post.replyTo else { return nil }
        let found = try QuestionStore.question(id, session: access.session.id, in: transaction.connection)
        guard let found, found.isVisible(to: access.user.id, isHost: access.isHost) else {
            throw HubError(.messageNotFound, field: "reply_to")
        }
        return found
    }

    /// The state in which a question begins; nil for other messages. What is for the hosts alone needs no approval.
    private func state(of post: ChatPost, as access: SessionAccess) -> Question.State? {
        guard post.kind == .question else { return nil }
        let isPending = access.session.needsApproval && !speaksAsHost(access, post) && !post.isPrivate
        return isPending ? .pending : .open
    }

    /// Whether the rules for members do not bind this post. What is anonymous keeps to them whoever asks: if it did
    /// not, it would be known as a host's.
    private func speaksAsHost(_ access: SessionAccess, _ post: ChatPost) -> Bool { access.isHost && !post.isAnonymous }

    /// What hosts have imposed on the person, and the rules of the chat, which are for members.
    private func requireVoice(
        _ access: SessionAccess, for post: ChatPost, in transaction: JournalTransaction
    ) throws {
        let session = access.session
        let now = session.time(at: transaction.moment)
        guard session.isAnonymousAllowed || !post.isAnonymous else {
            throw HubError(.forbidden, field: "anonymous", Self.namesOnly)
        }
        if access.sanctions.isMuted(at: now) {
            if case .until(let end) = access.sanctions.mute { throw HubError(.muted, retryAfter: end - now) }
            throw HubError(.muted)
        }
        guard !speaksAsHost(access, post) else { return }
        switch session.chatMode {
        case .open: break
        case .questions: guard post.kind == .question else { throw HubError(.chatLocked, Self.questionsOnly) }
        case .locked: throw HubError(.chatLocked)
        }
        guard session.slowModeSeconds > 0 else { return }
        let last = try ChatStore.newestPost(of: access.user.id, in: session.id, connection: transaction.connection)
        let wait = last.map { $0 + session.slowModeSeconds * 1000 - now } ?? 0
        // A clock that was set back makes nobody wait for longer than the rule says.
        guard wait <= 0 else { throw HubError(.slowMode, retryAfter: min(wait, session.slowModeSeconds * 1000)) }
    }

    private static let namesOnly = Localized(
        en: "Questions are asked with a name in this class.", fr: "Dans cette classe, les questions portent un nom."
    )
    private static let questionsOnly = Localized(
        en: "Only questions may be posted now.", fr: "Seules les questions sont permises pour le moment."
    )

    /// Removes a message's text; its place in the order stays. A second call changes nothing.
    ///
    /// - Returns: the seq of the `chat.deleted` event. Throws `message_not_found`, `forbidden`.
    func delete(
        message id: Int64, as access: SessionAccess, in transaction: JournalTransaction
    ) throws -> Int64 {
        let (connection, session) = (transaction.connection, access.session.id)
        guard let message = try ChatStore.message(id, session: session, in: connection),
            message.audience.includes(access.user.id, isHost: access.isHost)
        else { throw HubError(.messageNotFound, field: "id") }
        guard access.isHost || message.userID == access.user.id else { throw HubError(.forbidden) }
        if message.isDeleted { return access.session.headSeq }
        try ChatStore.removeText(of: id, at: transaction.now, in: connection)
        // A service of the platform is nobody.
        let actor = access.user.id == 0 ? nil : Actor(access.user, role: access.role)
        // Nobody may learn who asked an anonymous question from who deleted it.
        let isOwn = message.userID == access.user.id
        let hidesActor = message.isAnonymous && isOwn
        let place = try transaction.place(in: session)
        if !isOwn {
            // Nor from the list of what hosts did.
            let act = ModerationAct(action: .deletion, target: message.isAnonymous ? nil : message.userID, message: id)
            try ModerationStore.note(
                act, session: session, seq: place.seq, by: actor?.person.id,
                at: access.session.time(at: transaction.moment), in: connection
            )
        }
        return try transaction.append(
            .chatDeleted, at: place, payload: ["id": .integer(id), "message_seq": .integer(message.seq)],
            by: hidesActor ? nil : actor, audience: message.audience,
            redacting: [message.seq] + (message.publishedSeq.map { [$0] } ?? [])
        ).seq
    }
}
