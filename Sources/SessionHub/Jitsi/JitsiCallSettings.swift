import StrictJSON

/// How a call begins: one list, from which the join URL's fragment and the IFrame API's `configOverwrite` follow.
struct JitsiCallSettings: Sendable {
    /// Names as Jitsi's config.js has them; a dot leads into a group.
    private let list: [(name: String, value: JSON)]

    /// - Parameter hasToken: whether a token names the person. Without one Jitsi must ask for a name.
    init(subject: String, isModerator: Bool, hasToken: Bool) {
        list = [
            ("subject", .string(JitsiText.clean(subject))),
            ("prejoinConfig.enabled", false),
            ("startWithAudioMuted", .bool(!isModerator)),
            ("startWithVideoMuted", .bool(!isModerator)),
            ("disableInviteFunctions", true),
            ("disableDeepLinking", true),
            (hasToken ? "readOnlyName" : "requireDisplayName", true),
        ]
    }

    /// The settings as parameters of a fragment.
    var fragment: [String] { list.map { "config.\($0.name)=\(JitsiText.fragmentValue($0.value))" } }

    /// The settings as the object of the IFrame API, in which groups are objects.
    var overwrite: JSONObject {
        var object = JSONObject()
        for (name, value) in list {
            let parts = name.split(separator: ".").map(String.init)
            if parts.count == 2 {
                var group = object[parts[0]]?.objectValue ?? JSONObject()
                group[parts[1]] = value
                object[parts[0]] = .object(group)
            } else {
                object[name] = value
            }
        }
        return object
    }
}
