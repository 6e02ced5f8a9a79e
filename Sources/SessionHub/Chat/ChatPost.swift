import StrictJSON

/// A message as somebody posts it.
struct ChatPost: Sendable {
    let clientID: String
    let kind: ChatContent.Kind
    let text: String
    let replyTo: Int64?
    let isAnonymous: Bool
    var isPrivate = false
}

extension ChatPost {
    /// - Parameter textLimit: the most Unicode code points of the text.
    init(_ fields: Fields, textLimit: Int) throws(HubError) {
        kind = try fields.word("kind", as: Kind.self)?.kind ?? .text
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
        isPrivate = try fields.bool("private") ?? false
        guard kind == .question || !isPrivate else {
            throw .invalid(
                "private",
                Localized(en: "Only a question may be private.", fr: "Seule une question peut être privée.")
            )
        }
        clientID = try fields.clientID()
        self.replyTo = kind == .answer ? try fields.required("reply_to", replyTo) : nil
    }

    /// A host's word to everybody: a `client_id` and a text.
    init(announcement fields: Fields, textLimit: Int) throws(HubError) {
        kind = .announcement
        text = try Self.text(fields, limit: textLimit)
        clientID = try fields.clientID()
        (replyTo, isAnonymous, isPrivate) = (nil, false, false)
    }

    /// The kinds that a post may have.
    private enum Kind: String, CaseIterable {
        case text, question, answer

        var kind: ChatContent.Kind {
            switch self {
            case .text: .text
            case .question: .question
            case .answer: .answer
            }
        }
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
