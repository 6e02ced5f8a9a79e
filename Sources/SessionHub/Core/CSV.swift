import Foundation

/// Writes RFC 4180 for spreadsheets: CRLF, and no cell that runs as a formula, whichever separator the reader takes.
struct CSV: Sendable {
    enum Separator: String, Sendable {
        case comma = ","
        /// What a spreadsheet expects where the comma is the decimal sign.
        case semicolon = ";"
    }

    private(set) var bytes: [UInt8]
    private let separator: Separator

    /// - Parameter hasMark: whether the file begins with a byte order mark. Without it spreadsheets take UTF-8 for the
    ///   machine's old code page.
    init(separator: Separator = .comma, hasMark: Bool = true) {
        self.separator = separator
        bytes = hasMark ? [0xEF, 0xBB, 0xBF] : []
    }

    mutating func add(_ cells: [String]) {
        bytes += cells.map(Self.cell).joined(separator: separator.rawValue).utf8
        bytes += [0x0D, 0x0A]
    }

    /// A spreadsheet runs a cell that starts with one of these as a formula, even inside quotes (OWASP, "CSV
    /// Injection"); some take the wide and the small forms for the same.
    private static let formulaStarts: Set<Unicode.Scalar> = [
        "=", "+", "-", "@", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}", "\u{FE66}", "\u{FE62}",
        "\u{FE63}", "\u{FE6B}", "\u{2212}", "\u{207A}", "\u{208A}", "\u{207B}", "\u{208B}", "\u{207C}", "\u{208C}",
    ]
    /// A cell that starts with one of these is taken for what follows it.
    private static let trimmedStarts: Set<Unicode.Scalar> = ["\t", "\r", "\n"]
    /// What may begin another cell where somebody reads the file with another separator: quotes protect nothing there.
    private static let boundaries: Set<Unicode.Scalar> = [",", ";", "\t", "\r", "\n"]

    /// An apostrophe in front makes text of a formula: at the cell's start and wherever another reading begins a cell.
    static func cell(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        var safe = String.UnicodeScalarView()
        if let first = scalars.first, trimmedStarts.contains(first) { safe.append("'") }
        var isStart = true
        for (index, scalar) in scalars.enumerated() {
            if isStart, startsFormula(scalars[index...]) { safe.append("'") }
            safe.append(scalar)
            isStart = boundaries.contains(scalar)
        }
        guard safe.contains(where: { $0 == "\"" || boundaries.contains($0) }) else { return String(safe) }
        // By scalar: a CRLF is one Character, and a quote with a combining mark is another one than a quote.
        var quoted = String.UnicodeScalarView("\"".unicodeScalars)
        for scalar in safe {
            if scalar == "\"" { quoted.append(scalar) }
            quoted.append(scalar)
        }
        quoted.append("\"")
        return String(quoted)
    }

    /// Whether a formula starts here. Invisible characters before it do not matter, and neither do quotes, which a
    /// careless reader drops.
    private static func startsFormula(_ scalars: ArraySlice<Unicode.Scalar>) -> Bool {
        for scalar in scalars {
            if formulaStarts.contains(scalar) { return true }
            // What follows a boundary is looked at on its own.
            if boundaries.contains(scalar) { return false }
            let isPassedOver =
                scalar.properties.isWhitespace || scalar.properties.isDefaultIgnorableCodePoint || scalar == "\""
                || scalar.properties.generalCategory == .control
            guard isPassedOver else { return false }
        }
        return false
    }
}

extension TimeZone {
    /// A date and a time, by the clocks of this zone, that a spreadsheet takes for one.
    func cell(_ moment: Timestamp) -> String {
        let local = shown(at: Timestamp(seconds: moment.seconds)).text
        return "\(local.prefix(10)) \(local.dropFirst(11).prefix(8))"
    }
}
