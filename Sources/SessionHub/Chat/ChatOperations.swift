package import StrictJSON

/// Posting and deleting chat messages, inside the writer's transaction: the one place that decides who may.
package struct ChatOperations: Sendable {
    /// What `chat.post` answers.
    package struct Posted: Sendable, Equatable {
        package let id: Int64
        package let seq: Int64
        /// The client_id was known: nothing was written.
        package let isDuplicate: Bool

        package var json: JSON {
            var object = JSONObject([("id", .integer(id)), ("seq", .integer(seq))])
            if isDuplicate { object["duplicate"] = .bool(true) }
            return .object(object)
        }
    }

    private let windows: ClassWindows

    package init(windows: ClassWindows) { self.windows = windows }

    /// Posts once: the client_id is looked up before every rule, so that a retry after a lock or the end of the class
    /// still learns what became of it.
    ///
    /// Throws `session_not_found`, `not_open`, `session_over`, `session_cancelled`, `chat_disabled`, `message_not_found`.
    package func post(
        _ post: ClientCommand.ChatPost, session: Int64, caller: Caller, in transaction: JournalTransaction
    ) throws -> Posted {
        let connection = transaction.connection
        if let known = try ChatStore.posted(
            session: session, user: caller.userID, clientID: post.clientID, in: connection)
        {
            return Posted(id: known.id, seq: known.seq, isDuplicate: true)
        }
        let access = try SessionAccess.load(
            session: session, for: caller, in: connection
        )
        let role = try access.requireMember()
        try SessionLifecycle.channelOpening(
            for: access.session, isHost: access.isHost, now: access.session.time(at: transaction.moment),
            windows: windows
        )
        guard access.session.isChatEnabled else { throw HubError(.chatDisabled) }
        if let question = post.replyTo {
            guard try ChatStore.isQuestion(question, session: session, in: connection) else {
                throw HubError(.messageNotFound, field: "reply_to")
            }
        }
        var id: Int64 = 0
        let event = try transaction.append(
            .chatMessage, to: session, by: post.isAnonymous ? nil : Actor(access.user, role: role),
            message: { seq in
                id = try ChatStore.insert(
                    post, session: session, user: caller.userID, seq: seq,
                    at: access.session.time(at: transaction.moment), in: connection
                )
                return ChatContent(
                    id: id, kind: post.kind, text: post.text, clientID: post.clientID, replyTo: post.replyTo,
                    isAnonymous: post.isAnonymous
                )
            }
        )
        return Posted(id: id, seq: event.seq, isDuplicate: false)
    }

    /// Removes a message's text; its place in the order stays. Twice changes nothing.
    ///
    /// - Returns: the seq of the `chat.deleted` event. Throws `session_not_found`, `message_not_found`, `forbidden`.
    package func delete(
        message id: Int64, session: Int64, caller: Caller, in transaction: JournalTransaction
    ) throws -> Int64 {
        let connection = transaction.connection
        let access = try SessionAccess.load(
            session: session, for: caller, in: connection
        )
        let role = try access.requireMember()
        guard let message = try ChatStore.message(id, session: session, in: connection) else {
            throw HubError(.messageNotFound, field: "id")
        }
        guard access.isHost || message.userID == caller.userID else { throw HubError(.forbidden) }
        if message.isDeleted { return access.session.headSeq }
        try ChatStore.removeText(of: id, at: transaction.now, in: connection)
        // Nobody may learn who asked an anonymous question from who deleted it.
        let hidesActor = message.isAnonymous && message.userID == caller.userID
        return try transaction.append(
            .chatDeleted, to: session, payload: ["id": .integer(id), "message_seq": .integer(message.seq)],
            by: hidesActor ? nil : Actor(access.user, role: role), redacting: [message.seq]
        ).seq
    }
}
