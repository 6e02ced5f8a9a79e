import StrictJSON

/// Reads typed fields of one JSON object and says which field is at fault.
///
/// A member that is `null` counts as absent. Unknown members are ignored. Every function throws `invalid_field` with
/// the member's full path.
struct Fields: Sendable {
    let object: JSONObject
    private let path: String

    init(_ object: JSONObject, path: String = "") {
        self.object = object
        self.path = path
    }

    /// The body of a request or a frame, which must be an object.
    init(_ json: JSON, path: String = "") throws(HubError) {
        guard let object = json.objectValue else {
            throw HubError.invalid(
                path.isEmpty ? "body" : path,
                Localized(en: "Send a JSON object.", fr: "Envoyez un objet JSON.")
            )
        }
        self.init(object, path: path)
    }

    func path(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    /// Whether the member is there at all, `null` included: an update with `null` clears a value.
    func has(_ name: String) -> Bool { object[name] != nil }

    func value(_ name: String) -> JSON? {
        guard let value = object[name], !value.isNull else { return nil }
        return value
    }

    /// Text in its one form (`PlainText`). Text in which nothing can be seen counts as absent. `limit` counts
    /// characters, which are Unicode code points.
    func text(
        _ name: String, _ kind: PlainText.Kind = .line, limit: Int = 255
    ) throws(HubError) -> String? {
        guard let value = value(name) else { return nil }
        guard let given = value.stringValue else {
            throw .invalid(path(name), Localized(en: "\(name) must be text.", fr: "\(name) doit être du texte."))
        }
        let text = try clean(given, name, kind)
        guard text.characterCount <= limit else {
            throw .invalid(
                path(name),
                Localized(
                    en: "\(name) may have at most \(limit) characters.",
                    fr: "\(name) peut avoir au plus \(limit) caractères."
                )
            )
        }
        return text.isEmpty ? nil : text
    }

    func clean(_ text: String, _ name: String, _ kind: PlainText.Kind) throws(HubError) -> String {
        do throws(PlainText.ControlCharacter) {
            return try PlainText.clean(text, as: kind)
        } catch {
            throw .invalid(
                path(name),
                Localized(
                    en: "\(name) contains a control character.", fr: "\(name) contient un caractère de contrôle."
                )
            )
        }
    }

    /// Text that may be left out, but not be emptied.
    func filled(_ name: String, limit: Int = 255) throws(HubError) -> String? {
        value(name) == nil ? nil : try required(name, text(name, limit: limit))
    }

    /// The largest whole number that programs read exactly from JSON (RFC 8259, 6): no id lies beyond.
    static let largest: Int64 = 9_007_199_254_740_991

    /// The key of a command that may be repeated: 1 to 64 characters that the client chooses.
    func clientID() throws(HubError) -> String {
        try required("client_id", text("client_id", .exact, limit: 64))
    }

    func integer(_ name: String, in range: ClosedRange<Int64> = 1...largest) throws(HubError) -> Int64? {
        guard let value = value(name) else { return nil }
        guard let integer = value.integerValue else {
            throw .invalid(
                path(name), Localized(en: "\(name) must be a whole number.", fr: "\(name) doit être un nombre entier.")
            )
        }
        guard range.contains(integer) else {
            let (low, high) = (range.lowerBound, range.upperBound)
            throw .invalid(
                path(name),
                integer < low && high >= Self.largest
                    ? Localized(en: "\(name) must be at least \(low).", fr: "\(name) doit valoir au moins \(low).")
                    : Localized(
                        en: "\(name) must be from \(low) to \(high).", fr: "\(name) doit être entre \(low) et \(high)."
                    )
            )
        }
        return integer
    }

    func bool(_ name: String) throws(HubError) -> Bool? {
        guard let value = value(name) else { return nil }
        guard let bool = value.boolValue else {
            throw .invalid(
                path(name), Localized(en: "\(name) must be true or false.", fr: "\(name) doit être true ou false.")
            )
        }
        return bool
    }

    func timestamp(_ name: String) throws(HubError) -> Timestamp? {
        guard let value = value(name) else { return nil }
        do throws(Timestamp.Fault) {
            guard let text = value.stringValue else { throw .form }
            return try Timestamp(reading: text)
        } catch {
            throw error.refusal(
                path(name),
                Localized(
                    en: "\(name) must be a time with its zone, such as 2026-03-15T10:00:00Z.",
                    fr: "\(name) doit être une heure avec son fuseau, par exemple 2026-03-15T10:00:00Z."
                )
            )
        }
    }

    /// One of a fixed set of words.
    func word<Word: RawRepresentable & CaseIterable>(
        _ name: String, as type: Word.Type = Word.self
    ) throws(HubError) -> Word? where Word.RawValue == String {
        guard let value = value(name) else { return nil }
        guard let text = value.stringValue, let word = Word(rawValue: text) else {
            let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalid(
                path(name),
                Localized(en: "\(name) must be one of: \(words).", fr: "\(name) doit être l’un de : \(words).")
            )
        }
        return word
    }

    /// The value, or `invalid_field` that says that the field is required.
    func required<Value>(_ name: String, _ value: Value?) throws(HubError) -> Value {
        guard let value else {
            throw .invalid(path(name), Localized(en: "\(name) is required.", fr: "\(name) est obligatoire."))
        }
        return value
    }
}

extension String {
    /// How many characters the text has, wherever the hub counts them. They are Unicode code points: what a reader sees
    /// as one character may consist of any number of these.
    var characterCount: Int { unicodeScalars.count }

    /// At most its first `most` characters.
    func limited(to most: Int) -> String {
        characterCount <= most ? self : String(unicodeScalars.prefix(most))
    }
}
