/// Writes RFC 4180 for spreadsheets: UTF-8 with a byte order mark, CRLF, and no cell that runs as a formula.
package struct CSV: Sendable {
    /// Without the mark, spreadsheets take UTF-8 for the machine's old code page.
    package private(set) var bytes: [UInt8] = [0xEF, 0xBB, 0xBF]

    package init() {}

    package mutating func add(_ cells: [String]) {
        bytes += cells.map(Self.cell).joined(separator: ",").utf8
        bytes += [0x0D, 0x0A]
    }

    /// A spreadsheet runs a cell that starts with one of these as a formula, even inside quotes; an apostrophe in front
    /// makes it text (OWASP, "CSV Injection").
    private static let formulaStarts: Set<Unicode.Scalar> = ["=", "+", "-", "@", "\t", "\r", "\n"]

    static func cell(_ text: String) -> String {
        var text = text
        if let first = text.unicodeScalars.first, formulaStarts.contains(first) { text = "'" + text }
        let needsQuotes = text.unicodeScalars.contains { ["\"", ",", "\r", "\n"].contains($0) }
        guard needsQuotes else { return text }
        // By scalar: a CRLF is one Character, and a quote with a combining mark is another one than a quote.
        var quoted = String.UnicodeScalarView("\"".unicodeScalars)
        for scalar in text.unicodeScalars {
            if scalar == "\"" { quoted.append(scalar) }
            quoted.append(scalar)
        }
        quoted.append("\"")
        return String(quoted)
    }
}

/// The attendance list of a class as a CSV: one line a person.
package enum AttendanceList {
    package static func csv(of people: [Participant], in session: LiveSession, now: Timestamp) -> [UInt8] {
        var csv = CSV()
        csv.add([
            "name", "email", "role", "first_joined_at", "last_left_at", "attendance_seconds", "attendance_minutes",
        ])
        for participant in people {
            let sum = participant.sum(in: session, now: now)
            csv.add([
                participant.person.name, participant.email, participant.role.rawValue, participant.joinedAt.text,
                participant.leftAt?.text ?? "", String(sum.seconds), String(sum.minutes),
            ])
        }
        return csv.bytes
    }
}
