import StrictJSON

/// A message as somebody posts it.
struct ChatPost: Sendable {
    let clientID: String
    let kind: ChatContent.Kind
    let text: String
    let replyTo: Int64?
    let isAnonymous: Bool
}

extension ChatPost {
    /// - Parameter textLimit: the most Unicode code points of the text.
    init(_ fields: Fields, textLimit: Int) throws(HubError) {
        kind = try fields.word("kind", as: ChatContent.Kind.self) ?? .text
        text = try Self.text(fields, limit: textLimit)
        let replyTo = try fields.integer("reply_to")
        guard kind == .answer || replyTo == nil else {
            throw .invalid(
                "reply_to",
                Localized(
                    en: "Only an answer replies to a question.", fr: "Seule une réponse se rapporte à une question."
                )
            )
        }
        isAnonymous = try fields.bool("anonymous") ?? false
        guard kind == .question || !isAnonymous else {
            throw .invalid(
                "anonymous",
                Localized(en: "Only a question may be anonymous.", fr: "Seule une question peut être anonyme.")
            )
        }
        clientID = try fields.required("client_id", fields.text("client_id", .exact, limit: 64))
        self.replyTo = kind == .answer ? try fields.required("reply_to", replyTo) : nil
    }

    private static func text(_ fields: Fields, limit: Int) throws(HubError) -> String {
        guard let typed = try fields.required("text", fields.value("text")).stringValue else {
            throw .invalid("text", Localized(en: "text must be text.", fr: "text doit être du texte."))
        }
        let text = try fields.clean(typed, "text", .lines)
        guard !text.isEmpty, text.characterCount <= limit else {
            throw .invalid(
                "text",
                Localized(
                    en: "A message has 1 to \(limit) characters.", fr: "Un message compte de 1 à \(limit) caractères."
                )
            )
        }
        return text
    }
}
