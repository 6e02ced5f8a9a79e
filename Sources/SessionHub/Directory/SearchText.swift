import Database
import Foundation

/// What somebody typed into a search field: every word must be found, in any order, whatever its accents and capitals.
struct SearchText: Sendable {
    /// Patterns for LIKE over a `search_text`. Without any, everything is found.
    private let patterns: [String]

    private static let mostWords = 8

    init(_ text: String?) {
        // A hyphen separates words in a search, so that jean-pierre finds Jean Pierre as well as Jean-Pierre.
        let words = (text ?? "").unicodeScalars.map { Self.hyphens.contains($0) ? " " : Character($0) }
        let folded = Self.folded(String(words)).split(whereSeparator: \.isWhitespace)
        patterns = folded.prefix(Self.mostWords).map { word in
            var escaped = ""
            for character in word {
                if character == "%" || character == "_" || character == "\\" { escaped.append("\\") }
                escaped.append(character)
            }
            return "%\(escaped)%"
        }
    }

    /// The condition to add to a WHERE, whose parameters are `values` from `$first` on; empty without a search.
    ///
    /// No index serves it: a word may stand anywhere in the text. 50,000 rows are read in the reader's time, not the
    /// writer's.
    func condition(on column: String, first: Int) -> String {
        patterns.indices.map { " AND \(column) LIKE $\(first + $0) ESCAPE '\\'" }.joined()
    }

    var values: [SQLValue] { patterns.map { .text($0) } }
}

// MARK: - The text that is searched

extension SearchText {
    static func of(_ user: DirectoryUser) -> String {
        person(first: user.firstName, last: user.lastName, email: user.email)
    }

    static func of(_ caller: Caller) -> String {
        person(first: caller.firstName, last: caller.lastName, email: caller.email)
    }

    /// What a person is found by, and the order of every list of people: by last name, then first name, as they are
    /// shown. Somebody with one name stands under it, and somebody without a name under the address.
    private static func person(first: String, last: String, email: String) -> String {
        let parts = [last, first, email].map { folded($0).trimmed }.filter { !$0.isEmpty }
        // This separator sorts before the space, so that Da comes before Da Costa whatever follows. Nobody searches for
        // it.
        return parts.joined(separator: "\u{1F}")
    }

    static func of(_ course: DirectoryCourse) -> String { folded(course.title) }

    /// Small letters without accents, apostrophes and hyphens: the compatibility decomposition without combining marks,
    /// case folded.
    static func folded(_ text: String) -> String {
        let text = String(
            String.UnicodeScalarView(text.unicodeScalars.filter { !apostrophes.contains($0) && !hyphens.contains($0) }))
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.lowercased() }
        var folded = ""
        for scalar in text.decomposedStringWithCompatibilityMapping.unicodeScalars
        where scalar.properties.canonicalCombiningClass == .notReordered && !PlainText.isInvisible(scalar) {
            // Capitals and back to small letters: that way ss finds ß, and σ finds ς.
            for character in scalar.properties.uppercaseMapping.lowercased() {
                if let plain = plain[character] { folded += plain } else { folded.append(character) }
            }
        }
        return folded
    }

    /// Letters that Unicode does not decompose, with what people type whose keyboards lack them.
    private static let plain: [Character: String] = [
        "đ": "d", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ħ": "h", "ŧ": "t", "ı": "i",
        "ɓ": "b", "ɗ": "d", "ƙ": "k", "ƴ": "y", "ɛ": "e", "ɔ": "o", "ŋ": "n", "ɲ": "n",
    ]

    /// The signs with which keyboards and word processors write the apostrophe of O'Neil.
    private static let apostrophes: Set<Unicode.Scalar> = [
        "'", "`", "´", "‘", "’", "‛", "′", "ʹ", "ʻ", "ʼ", "ʽ", "ʾ", "ʿ", "ˈ", "＇", "ꞌ",
    ]
    /// The signs with which they write the hyphen of Jean-Pierre.
    private static let hyphens: Set<Unicode.Scalar> = [
        "-", "‐", "‑", "‒", "–", "—", "−", "﹣", "－", "־", "·",
    ]

    /// Fills the column where it is empty: in rows from before it existed, or whose text has got another form since. It
    /// takes a thousand rows to a transaction and is called before the hub serves.
    static func fill(_ database: any SQLDatabase) async throws {
        while try await database.write({ connection in
            try fill("users", columns: "first_name, last_name, email", in: connection) { row in
                person(first: row.text("first_name"), last: row.text("last_name"), email: row.text("email"))
            }
        }) {}
        while try await database.write({ connection in
            try fill("courses", columns: "title", in: connection) { folded($0.text("title")) }
        }) {}
    }

    /// - Returns: whether there was something to fill.
    private static func fill(
        _ table: String, columns: String, in connection: any SQLConnection, _ text: (SQLRow) -> String
    ) throws -> Bool {
        let rows = try connection.query("SELECT id, \(columns) FROM \(table) WHERE search_text IS NULL LIMIT 1000", [])
        for row in rows {
            try connection.execute(
                "UPDATE \(table) SET search_text = $2 WHERE id = $1", [.integer(row.integer("id")), .text(text(row))]
            )
        }
        return !rows.isEmpty
    }
}

extension Page {
    /// The end of a query for a page. Its own parameters are `values`, and they follow `parameters`.
    func clause(after parameters: [SQLValue]) -> String {
        "LIMIT $\(parameters.count + 1) OFFSET $\(parameters.count + 2)"
    }

    var values: [SQLValue] { [.integer(limit), .integer(offset)] }
}
