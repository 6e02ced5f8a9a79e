import Foundation
import StrictJSON

/// Reads the columns of one row of the seed's: numbers and booleans that may be text, and times without a zone.
struct SeedFields {
    private let fields: Fields
    private let zone: TimeZone

    /// - Parameter zone: by whose clocks times without one are meant.
    init(_ row: SeedRow, zone: TimeZone) {
        fields = Fields(row.object)
        self.zone = zone
    }

    /// Reads text that is older than this hub's rules, so that a control character in it is no reason to refuse a
    /// class.
    func text(_ name: String, _ kind: PlainText.Kind = .line, limit: Int = 255) throws(HubError) -> String? {
        switch fields.value(name) {
        case .integer(let number)?: return String(number)
        case .string(let text)?:
            let old = Fields(JSONObject([(name, .string(PlainText.blanked(text)))]))
            return try old.text(name, kind, limit: limit)
        default: return try fields.text(name, kind, limit: limit)
        }
    }

    /// Reads an address that a page may link to, as everywhere. Anything else is left out with a note: a bare file name
    /// meant something only to the pages that wrote it, and is no reason to refuse a class that is over.
    func webAddress(_ name: String, _ notes: inout [String]) -> String? {
        do {
            return try fields.webAddress(name)
        } catch {
            notes.append("\(name) is no address that starts with https://, and is left out")
            return nil
        }
    }

    /// Text that is longer than anybody could write here ends at the limit, with a note.
    func cutText(
        _ name: String, _ kind: PlainText.Kind, limit: Int, _ notes: inout [String]
    ) throws(HubError) -> String? {
        guard let text = try text(name, kind, limit: .max), text.characterCount > limit else {
            return try self.text(name, kind, limit: limit)
        }
        notes.append("\(name) has \(text.characterCount) characters, and ends after \(limit)")
        return String(text.unicodeScalars.prefix(limit)).trimmed
    }

    func integer(_ name: String) throws(HubError) -> Int64? {
        guard let value = fields.value(name) else { return nil }
        let text = value.stringValue?.trimmed
        if let text, text.isEmpty { return nil }
        guard let number = value.integerValue ?? text.flatMap({ Int64($0) }) else {
            throw .invalid(
                name, Localized(en: "\(name) must be a whole number.", fr: "\(name) doit être un nombre entier."))
        }
        return number
    }

    /// Reads the id of a row. JavaScript must be able to count it, and there must be a next one.
    func id(_ name: String) throws(HubError) -> Int64? {
        guard let number = try integer(name) else { return nil }
        guard (1...9_007_199_254_740_990).contains(number) else {
            throw .invalid(name, Localized(en: "\(name) is no id.", fr: "\(name) n’est pas un identifiant."))
        }
        return number
    }

    /// Reads minutes. The column is an INT, so that MySQL has written no larger number, with which nobody could count.
    /// A negative number counts as 0. A part of a minute is cut off, because a platform may have made the column a
    /// DECIMAL.
    func minutes(_ name: String) throws(HubError) -> Int64? {
        let whole = decimal(name).flatMap { Int64(exactly: $0.rounded(.towardZero)) }
        guard let number = if let whole { whole } else { try integer(name) } else { return nil }
        let most = Int64(UInt32.max)
        guard number <= most else {
            throw .invalid(
                name,
                Localized(en: "\(name) must be at most \(most).", fr: "\(name) doit valoir au plus \(most).")
            )
        }
        return max(number, 0)
    }

    private func decimal(_ name: String) -> Double? {
        guard let value = fields.value(name) else { return nil }
        return value.numberValue ?? value.stringValue.flatMap { Double($0.trimmed) }
    }

    /// Reads a yes or no. MySQL has no booleans and writes 0 and 1, or a bit.
    func bool(_ name: String) throws(HubError) -> Bool? {
        guard let value = fields.value(name) else { return nil }
        if let bool = value.boolValue { return bool }
        switch value.integerValue.map(String.init) ?? value.stringValue?.trimmed.lowercased() {
        case "1", "true", "b'1'": return true
        case "0", "false", "b'0'": return false
        case "": return nil
        default:
            throw .invalid(name, Localized(en: "\(name) must be 0 or 1.", fr: "\(name) doit être 0 ou 1."))
        }
    }

    /// Reads a DATETIME, by the clocks of the zone unless it names a zone of its own. MySQL's date of zeros counts as
    /// absent. A time that clocks show twice means the first one, and a time that they skip means the moment of the
    /// change.
    func moment(_ name: String) throws(HubError) -> Timestamp? {
        guard let text = try text(name), !text.hasPrefix("0000-00-00") else { return nil }
        if let moment = Timestamp(text) { return moment }
        let local = text.count == 10 ? Timestamp(plainDate: text) : Timestamp("\(text)Z")
        guard let local else {
            throw .invalid(
                name,
                Localized(
                    en: "\(name) must be a time such as 2026-03-15 10:00:00.",
                    fr: "\(name) doit être une heure comme 2026-03-15 10:00:00."
                )
            )
        }
        let moment = zone.moment(showing: local)
        // The zone may lead past the year 9999, or before the year 0, which nothing could read again.
        guard Timestamp(moment.text) != nil else {
            throw .invalid(
                name,
                Localized(
                    en: "\(name) is not within the years 0000 to 9999, in UTC.",
                    fr: "\(name) sort des années 0000 à 9999, en UTC."
                )
            )
        }
        return moment
    }

    func required<Value>(_ name: String, _ value: Value?) throws(HubError) -> Value { try fields.required(name, value) }

    func word<Word: RawRepresentable & CaseIterable>(
        _ name: String, or standard: Word
    ) throws(HubError) -> Word where Word.RawValue == String {
        guard let text = try text(name) else { return standard }
        return try Fields(JSONObject([(name, .string(text.lowercased()))])).word(name) ?? standard
    }
}
