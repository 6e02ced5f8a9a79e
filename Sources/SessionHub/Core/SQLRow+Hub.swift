import Database

extension SQLRow {
    func timestamp(_ column: String) -> Timestamp { Timestamp(milliseconds: integer(column)) }

    func optionalTimestamp(_ column: String) -> Timestamp? {
        optionalInteger(column).map(Timestamp.init(milliseconds:))
    }

    /// A column whose words a CHECK of the schema limits; another word is a damaged database.
    func word<Word: RawRepresentable>(_ column: String) -> Word where Word.RawValue == String {
        guard let word = Word(rawValue: text(column)) else {
            preconditionFailure("column \(column) holds a word that its CHECK forbids")
        }
        return word
    }
}

extension SQLValue {
    static func timestamp(_ value: Timestamp?) -> SQLValue { value.map { .integer($0.milliseconds) } ?? .null }
}
