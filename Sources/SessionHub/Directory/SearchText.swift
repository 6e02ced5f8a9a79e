import Database
import Foundation

/// What somebody typed into a search field: every word must be found, in any order, whatever its accents and capitals.
package struct SearchText: Sendable {
    /// Patterns for LIKE over a `search_text`; none finds everything.
    private let patterns: [String]

    private static let mostWords = 8

    package init(_ text: String?) {
        // What hyphens join may stand apart: jean-pierre finds Jean Pierre as well as Jean-Pierre.
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

    /// Also the order of every list of people: by last name, then first name, as they are shown. Whoever has one name
    /// stands under that, and whoever has none under the address.
    private static func person(first: String, last: String, email: String) -> String {
        let parts = [last, first, email].map { folded($0).trimmed }.filter { !$0.isEmpty }
        // Below the space, so that Da comes before Da Costa whatever follows; and no word that is searched holds it.
        return parts.joined(separator: "\u{1F}")
    }

    static func of(_ course: DirectoryCourse) -> String { folded(course.title) }

    /// Small letters without accents, apostrophes and hyphens: compatibility decomposition, without what combines, case
    /// folded.
    static func folded(_ text: String) -> String {
        let text = String(
            String.UnicodeScalarView(text.unicodeScalars.filter { !apostrophes.contains($0) && !hyphens.contains($0) }))
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.lowercased() }
        var folded = ""
        for scalar in text.decomposedStringWithCompatibilityMapping.unicodeScalars
        where scalar.properties.canonicalCombiningClass == .notReordered && !PlainText.isInvisible(scalar) {
            // Up and down again: ß is found by ss, ς by σ.
            for character in scalar.properties.uppercaseMapping.lowercased() {
                if let plain = plain[character] { folded += plain } else { folded.append(character) }
            }
        }
        return folded
    }

    /// Letters that Unicode does not take apart, as people type them who do not have them.
    private static let plain: [Character: String] = [
        "đ": "d", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ħ": "h", "ŧ": "t", "ı": "i",
        "ɓ": "b", "ɗ": "d", "ƙ": "k", "ƴ": "y", "ɛ": "e", "ɔ": "o", "ŋ": "n", "ɲ": "n",
    ]

    /// As keyboards and word processors write O'Neil: also with an accent or a prime, and in full width.
    private static let apostrophes: Set<Unicode.Scalar> = [
        "'", "`", "´", "‘", "’", "‛", "′", "ʹ", "ʻ", "ʼ", "ʽ", "ʾ", "ʿ", "ˈ", "＇", "ꞌ",
    ]
    /// And Jean-Pierre: a hyphen, one that does not break, a dash, the sign for minus.
    private static let hyphens: Set<Unicode.Scalar> = [
        "-", "‐", "‑", "‒", "–", "—", "−", "﹣", "－", "־", "·",
    ]

    /// Fills what rows from before this column, or from before its present form, lack; a thousand to a transaction,
    /// called before the hub serves.
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
    /// The end of a query with `parameters`, whose next ones are `values`.
    func clause(after parameters: [SQLValue]) -> String {
        "LIMIT $\(parameters.count + 1) OFFSET $\(parameters.count + 2)"
    }

    var values: [SQLValue] { [.integer(limit), .integer(offset)] }
}
