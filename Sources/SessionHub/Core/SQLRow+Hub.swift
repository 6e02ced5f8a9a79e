package import Database

extension SQLRow {
    package func timestamp(_ column: String) -> Timestamp { Timestamp(milliseconds: integer(column)) }

    package func optionalTimestamp(_ column: String) -> Timestamp? {
        optionalInteger(column).map(Timestamp.init(milliseconds:))
    }

    /// A column whose words a CHECK of the schema limits; another word is a damaged database.
    package func word<Word: RawRepresentable>(_ column: String) -> Word where Word.RawValue == String {
        guard let word = Word(rawValue: text(column)) else {
            preconditionFailure("column \(column) holds a word that its CHECK forbids")
        }
        return word
    }
}

extension SQLValue {
    package static func timestamp(_ value: Timestamp?) -> SQLValue { value.map { .integer($0.milliseconds) } ?? .null }
}
