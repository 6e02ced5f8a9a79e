import StrictJSON

/// A refusal with a code for programs and a sentence for people. It is the first of the three kinds of failure
/// (Development.md).
package struct HubError: Error, Sendable, Equatable {
    var code: ErrorCode
    /// The path of the field at fault, e.g. `scheduled_end_at` or `users[3].email`.
    var field: String?
    /// A sentence more precise than the code's own wording.
    var sentence: Localized?
    /// Milliseconds after which the same request may succeed.
    var retryAfter: Int64?
    /// Further members for the error's object, e.g. `starts_at`.
    var details: JSONObject

    init(
        _ code: ErrorCode,
        field: String? = nil,
        _ sentence: Localized? = nil,
        retryAfter: Int64? = nil,
        details: JSONObject = JSONObject([])
    ) {
        self.code = code
        self.field = field
        self.sentence = sentence
        self.retryAfter = retryAfter
        self.details = details
    }

    /// A value that cannot be taken, with the path of its field and what would be right.
    static func invalid(_ field: String, _ sentence: Localized) -> HubError {
        HubError(.invalidField, field: field, sentence)
    }

    package func message(in language: Language) -> String {
        (sentence ?? code.wording)[language]
    }
}

extension HubError {
    /// Broken JSON, with the path at which it breaks.
    init(badJSON error: JSONError) {
        let place = error.path.isEmpty ? "" : " (\(error.path))"
        self.init(
            .badJSON, field: error.path.isEmpty ? nil : error.path,
            Localized(
                en: "The JSON cannot be used: \(error.kind) at byte \(error.offset)\(place).",
                fr: "Le JSON est inutilisable : \(error.kind) à l’octet \(error.offset)\(place)."
            )
        )
    }
}
