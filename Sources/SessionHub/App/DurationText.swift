/// A length of time as people write it in a configuration.
package enum DurationText {
    private static let units: [(suffix: String, milliseconds: Int64)] = [
        ("ms", 1), ("h", 3_600_000), ("m", 60_000), ("s", 1000),
    ]
    private static let longest: Int64 = 366 * 86_400_000

    package static func milliseconds(_ text: String) -> Int64? {
        let unit = units.first { text.hasSuffix($0.suffix) } ?? ("", 1000)
        guard let number = Int64(text.dropLast(unit.suffix.count)), number >= 0, number <= longest / unit.milliseconds
        else { return nil }
        return number * unit.milliseconds
    }

    static func text(_ milliseconds: Int64) -> String {
        let whole = units[1...3].first { unit in
            milliseconds >= unit.milliseconds && milliseconds % unit.milliseconds == 0
        }
        let unit = whole ?? (milliseconds == 0 ? units[3] : units[0])
        return "\(milliseconds / unit.milliseconds)\(unit.suffix)"
    }
}
