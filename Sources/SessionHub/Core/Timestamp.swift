/// A moment: whole milliseconds since 1970-01-01T00:00:00Z, as the store keeps it.
package struct Timestamp: Sendable, Hashable, Comparable {
    var milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }
    package init(seconds: Int64) { self.milliseconds = seconds * 1000 }

    package var seconds: Int64 { milliseconds.floorDiv(1000) }

    package static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }
    package static func + (a: Timestamp, b: Int64) -> Timestamp { Timestamp(milliseconds: a.milliseconds + b) }
    package static func - (a: Timestamp, b: Int64) -> Timestamp { Timestamp(milliseconds: a.milliseconds - b) }
    package static func - (a: Timestamp, b: Timestamp) -> Int64 { a.milliseconds - b.milliseconds }
}

// MARK: - Text

extension Timestamp {
    /// ISO 8601 in UTC with `Z`; milliseconds only when they are not zero.
    package var text: String {
        let day = milliseconds.floorDiv(86_400_000)
        let rest = milliseconds - day * 86_400_000
        let (year, month, date) = Self.civil(fromDays: day)
        var text = "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(date, 2))T"
        text += "\(Self.padded(rest / 3_600_000, 2)):\(Self.padded(rest / 60_000 % 60, 2)):"
        text += Self.padded(rest / 1000 % 60, 2)
        if rest % 1000 != 0 { text += ".\(Self.padded(rest % 1000, 3))" }
        return text + "Z"
    }

    /// A plain date `YYYY-MM-DD`, as midnight UTC; nil for anything else.
    init?(plainDate text: String) {
        var reader = DigitReader(text)
        guard let year = reader.digits(4), reader.take("-"), let month = reader.digits(2), reader.take("-"),
            let date = reader.digits(2), reader.isAtEnd, let days = Self.days(year: year, month: month, day: date)
        else { return nil }
        milliseconds = days * 86_400_000
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return digits.count >= width ? digits : String(repeating: "0", count: width - digits.count) + digits
    }

    // Both conversions: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", for the proleptic Gregorian
    // calendar.

    static func days(year: Int64, month: Int64, day: Int64) -> Int64? {
        guard (1...12).contains(month), day >= 1 else { return nil }
        let y = month <= 2 ? year - 1 : year
        let era = y.floorDiv(400)
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        return civil(fromDays: days) == (year, month, day) ? days : nil
    }

    private static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let z = days + 719_468
        let era = z.floorDiv(146_097)
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let mp = (5 * dayOfYear + 2) / 153
        let month = mp < 10 ? mp + 3 : mp - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * mp + 2) / 5 + 1)
    }
}

extension Int64 {
    /// Division that rounds towards minus infinity, for moments before 1970.
    func floorDiv(_ divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
