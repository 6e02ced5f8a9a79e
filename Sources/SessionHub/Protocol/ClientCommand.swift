package import StrictJSON

/// One message upstream, decoded: `{"ref":N,"type":...}`; each is answered by exactly one reply.
package struct ClientCommand: Sendable {
    /// The client's number for the reply.
    package let ref: Int64
    package let body: Body

    /// What `type` may say.
    package enum Kind: String, Sendable, CaseIterable {
        case hello
        case chatPost = "chat.post"
        case chatDelete = "chat.delete"
        case typing
        case sessionStart = "session.start"
        case sessionEnd = "session.end"
        case sessionUpdate = "session.update"
        case history
        case presenceList = "presence.list"
        case tokenRefresh = "token.refresh"
        case ping
    }

    package enum Body: Sendable {
        case hello(Hello)
        case chatPost(ChatPost)
        case chatDelete(id: Int64)
        case typing(on: Bool)
        case sessionStart
        case sessionEnd(JSONObject)
        case sessionUpdate(JSONObject)
        case history(HistoryRange)
        case presenceList(after: Int64, limit: Int)
        case tokenRefresh(String)
        case ping
    }

    package struct Hello: Sendable {
        package let token: String?
        package let resume: Resume?
        package let client: String?
    }

    /// The position that a client already has.
    package struct Resume: Sendable, Equatable {
        package let seq: Int64
        package let epoch: String
    }

    package struct ChatPost: Sendable {
        package let clientID: String
        package let kind: ChatContent.Kind
        package let text: String
        package let replyTo: Int64?
        package let isAnonymous: Bool
    }

    /// Part of the journal, ascending: the newest before a seq, or the first after one.
    package enum HistoryRange: Sendable {
        case before(Int64, limit: Int)
        case after(Int64, limit: Int)
    }
}

/// A frame that is no command: the reply's ref, when one could be read, and what is wrong.
package struct CommandRefusal: Error {
    package let ref: Int64?
    package let error: HubError
}

// MARK: - Decoding

extension ClientCommand {
    /// The largest number that JavaScript counts exactly.
    private static let largestRef: Int64 = 9_007_199_254_740_991

    /// Decodes one text frame. The length of a text counts in Unicode code points.
    package init(frame: [UInt8], limits: HubLimits) throws(CommandRefusal) {
        let json: JSON
        do throws(JSONError) {
            json = try JSON.parse(frame, limits: JSONLimits(maxBytes: limits.frameBytes))
        } catch {
            // Whoever waits for this reply can end the wait only if the reply says which one it is.
            let ref = JSON.looseInteger("ref", in: frame).flatMap { $0 <= Self.largestRef ? $0 : nil }
            throw CommandRefusal(ref: ref, error: HubError(badJSON: error))
        }
        guard let object = json.objectValue else { throw CommandRefusal(ref: nil, error: HubError(.badJSON)) }
        let fields = Fields(object)
        var ref: Int64?
        do throws(HubError) {
            let number = try fields.required("ref", fields.integer("ref", in: 0...Self.largestRef))
            ref = number
            self.ref = number
            body = try Self.body(fields, limits)
        } catch {
            throw CommandRefusal(ref: ref, error: error)
        }
    }

    private static func body(_ fields: Fields, _ limits: HubLimits) throws(HubError) -> Body {
        let type = try fields.required("type", fields.text("type", limit: 64))
        guard let kind = Kind(rawValue: type) else {
            throw HubError(
                .unknownType, field: "type",
                Localized(en: "\(type) is not a command of this hub.", fr: "\(type) n’est pas une commande de ce hub.")
            )
        }
        switch kind {
        case .hello: return try .hello(hello(fields))
        case .chatPost: return try .chatPost(post(fields, textLimit: limits.textCharacters))
        case .chatDelete: return try .chatDelete(id: fields.required("id", fields.integer("id")))
        case .typing: return try .typing(on: fields.required("on", fields.bool("on")))
        case .sessionStart: return .sessionStart
        case .sessionEnd: return .sessionEnd(fields.object)
        case .sessionUpdate: return .sessionUpdate(fields.object)
        case .history: return try .history(history(fields, most: limits.history))
        case .presenceList:
            return try .presenceList(
                after: fields.integer("after", in: 0...Int64.max) ?? 0,
                limit: Int(fields.integer("limit", in: 1...200) ?? 200)
            )
        case .tokenRefresh:
            return try .tokenRefresh(fields.required("token", fields.text("token", .exact, limit: 8192)))
        case .ping: return .ping
        }
    }

    private static func hello(_ fields: Fields) throws(HubError) -> Hello {
        var resume: Resume?
        if let value = fields.value("resume") {
            let position = try Fields(value, path: "resume")
            resume = try Resume(
                seq: position.required("seq", position.integer("seq", in: 0...Int64.max)),
                epoch: position.required("epoch", position.text("epoch", .exact, limit: 64))
            )
        }
        return try Hello(
            token: fields.text("token", .exact, limit: 8192), resume: resume, client: fields.text("client", limit: 64)
        )
    }

    private static func post(_ fields: Fields, textLimit: Int) throws(HubError) -> ChatPost {
        let kind = try fields.word("kind", as: ChatContent.Kind.self) ?? .text
        guard let typed = try fields.required("text", fields.value("text")).stringValue else {
            throw .invalid("text", Localized(en: "text must be text.", fr: "text doit être du texte."))
        }
        let text = try fields.clean(typed, "text", .lines)
        guard !text.isEmpty, text.characterCount <= textLimit else {
            throw .invalid(
                "text",
                Localized(
                    en: "A message has 1 to \(textLimit) characters.",
                    fr: "Un message compte de 1 à \(textLimit) caractères."
                )
            )
        }
        let replyTo = try fields.integer("reply_to")
        guard kind == .answer || replyTo == nil else {
            throw .invalid(
                "reply_to",
                Localized(
                    en: "Only an answer replies to a question.", fr: "Seule une réponse se rapporte à une question.")
            )
        }
        let isAnonymous = try fields.bool("anonymous") ?? false
        guard kind == .question || !isAnonymous else {
            throw .invalid(
                "anonymous",
                Localized(en: "Only a question may be anonymous.", fr: "Seule une question peut être anonyme.")
            )
        }
        return try ChatPost(
            clientID: fields.required("client_id", fields.text("client_id", .exact, limit: 64)), kind: kind, text: text,
            replyTo: kind == .answer ? fields.required("reply_to", replyTo) : nil, isAnonymous: isAnonymous
        )
    }

    private static func history(_ fields: Fields, most: Int) throws(HubError) -> HistoryRange {
        let limit = Int(try fields.integer("limit", in: 1...Int64(most)) ?? Int64(min(100, most)))
        let before = try fields.integer("before_seq")
        let after = try fields.integer("after_seq", in: 0...Int64.max)
        if let after {
            guard before == nil else {
                throw .invalid(
                    "before_seq",
                    Localized(
                        en: "Give before_seq or after_seq, not both.",
                        fr: "Donnez before_seq ou after_seq, pas les deux.")
                )
            }
            return .after(after, limit: limit)
        }
        return .before(before ?? Int64.max, limit: limit)
    }
}
