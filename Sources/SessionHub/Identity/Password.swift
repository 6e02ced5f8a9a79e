import Foundation
import StrictJSON

/// A password as somebody typed it, in one Unicode form, because keyboards write an é in two ways.
struct Password: Sendable {
    /// The length in characters (code points). There is no rule about which characters: length is what counts.
    static let length = 10...128

    let text: String

    init(_ text: String) { self.text = text.precomposedStringWithCanonicalMapping }

    /// A password that somebody already has: any text of any length may be one. Nil when the field is absent.
    static func given(_ name: String, in fields: Fields) throws(HubError) -> Password? {
        guard let value = fields.value(name) else { return nil }
        guard let text = value.stringValue else {
            throw .invalid(fields.path(name), Localized(en: "\(name) must be text.", fr: "\(name) doit être du texte."))
        }
        return Password(text)
    }

    /// A password that somebody wants to have: refuses what is too short or too long. `check` has the rule about the
    /// address.
    static func new(_ name: String, in fields: Fields) throws(HubError) -> Password? {
        guard let password = try given(name, in: fields) else { return nil }
        guard length.contains(password.text.characterCount) else {
            let (least, most) = (length.lowerBound, length.upperBound)
            throw .invalid(
                fields.path(name),
                Localized(
                    en: "A password has \(least) to \(most) characters.",
                    fr: "Un mot de passe a de \(least) à \(most) caractères."
                )
            )
        }
        return password
    }

    /// Refuses the person's own e-mail address as a password: the one rule that needs to know whose it is.
    func check(for email: String) throws(HubError) {
        guard Email.key(text) != Email.key(email) else {
            throw .invalid(
                "password",
                Localized(
                    en: "The e-mail address cannot be the password.",
                    fr: "L’adresse e-mail ne peut pas être le mot de passe."
                )
            )
        }
    }
}
