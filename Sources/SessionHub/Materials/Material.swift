import Database
import StrictJSON

/// Something to look at for a class: an address with a title, put up by a host.
struct Material: Sendable {
    let id: Int64
    let title: String
    let url: String
    let addedAt: Timestamp
    /// Nil for a service of the platform.
    let addedBy: Person?

    /// As a welcome shows it.
    var shown: JSONObject { ["id": .integer(id), "title": .string(title), "url": .string(url)] }

    /// As the list over REST shows it.
    var listed: JSON {
        var object = shown
        object["added_at"] = .string(addedAt.text)
        object["added_by"] = addedBy?.json ?? .null
        return .object(object)
    }
}

/// What the class is to do now.
struct ClassTask: Sendable {
    let text: String
    /// The place of the event that set it.
    let seq: Int64
    let setAt: Timestamp
    /// Nil for a service of the platform.
    let setBy: Person?

    var json: JSON {
        ["text": .string(text), "set_at": .string(setAt.text), "set_by": setBy?.json ?? .null]
    }
}

/// A material as a host adds it.
struct NewMaterial: Sendable {
    /// The key by which a repetition over the channel is known; over REST it is the request's own.
    let clientID: String?
    let title: String
    let url: String

    init(_ fields: Fields, clientID: String?) throws(HubError) {
        self.clientID = clientID
        title = try fields.required("title", fields.text("title", limit: 200))
        url = try fields.required("url", fields.link("url"))
    }
}

extension ClassTask {
    private static let mostCharacters = 2000

    /// The `text` of a request that sets the task: null takes it away. It cannot be left out, and not be empty.
    static func text(_ fields: Fields) throws(HubError) -> String? {
        guard fields.has("text") else { return try fields.required("text", nil) }
        guard fields.value("text") != nil else { return nil }
        guard let text = try fields.text("text", .lines, limit: mostCharacters) else {
            throw .invalid(
                "text",
                Localized(
                    en: "A task has 1 to \(mostCharacters) characters; null takes it away.",
                    fr: "Une consigne compte de 1 à \(mostCharacters) caractères ; null la retire."
                )
            )
        }
        return text
    }
}

extension Fields {
    /// An address that people open from a list: absolute, http or https, with a host that can be one, without a user
    /// name before it, and of at most 2048 bytes.
    fileprivate func link(_ name: String) throws(HubError) -> String? {
        guard let address = try webAddress(name) else { return nil }
        guard WebOrigin(address) != nil, address.utf8.count <= 2048,
            !address.unicodeScalars.contains(where: PlainText.isInvisible)
        else {
            throw .invalid(
                path(name),
                Localized(
                    en:
                        "\(name) must be a whole address, https://host/..., without a user name and of at most 2048 bytes.",
                    fr:
                        "\(name) doit être une adresse complète, https://hôte/..., sans nom d’utilisateur, de 2048 octets "
                        + "au plus."
                )
            )
        }
        return address
    }
}
