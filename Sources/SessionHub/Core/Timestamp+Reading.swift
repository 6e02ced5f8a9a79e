/// Reads ISO 8601 as clients write it: the extended form of a date and a time, with a zone. What is as valid and not
/// read is refused by its name, so that whoever sent it learns what to send instead.
extension Timestamp {
    /// Why a text is no moment.
    enum Fault: Error, Sendable, CaseIterable {
        /// The text has no form that is known.
        case form
        case noTime, noZone, noSuchDay, noSuchTime, outOfRange
        case weekDate, ordinalDate, basicForm, midnight24, leapSecond, fractionOfMinute
        case noMinutes, oneDigit, emptyFraction, shortOffset, longOffset, zoneName, spaceBeforeZone, hoursOf12
    }

    /// `2026-03-15T10:00:00Z`: seconds may be left out, a fraction (after `.` or `,`) is cut to milliseconds, `T` and
    /// `Z` may be small, `T` may be a space, an offset is `+02:00`, `+0200` or `+02`.
    init(reading text: String) throws(Fault) {
        var reader = DigitReader(text)
        let days = try Self.day(&reader)
        guard !reader.isAtEnd else { throw .noTime }
        guard reader.take("T") || reader.take("t") || reader.take(" ") else { throw .form }
        let time = try Self.time(&reader)
        let offset = try Self.offset(&reader)
        milliseconds = days * 86_400_000 + time - offset
        // An offset may lead out of the years 0000 to 9999, which `text` could not write with four digits.
        guard (Self.earliest...Self.latest).contains(self) else { throw .outOfRange }
    }

    init?(_ text: String) {
        do throws(Fault) {
            try self.init(reading: text)
        } catch {
            return nil
        }
    }

    /// 0000-01-01T00:00:00Z
    static let earliest = Timestamp(milliseconds: -62_167_219_200_000)
    /// 9999-12-31T23:59:59.999Z
    static let latest = Timestamp(milliseconds: 253_402_300_799_999)

    /// Days since 1970.
    private static func day(_ reader: inout DigitReader) throws(Fault) -> Int64 {
        guard let year = reader.digits(4) else { throw .form }
        guard reader.take("-") else {
            if reader.take("W") || reader.take("w") { throw .weekDate }
            throw reader.digits(4) == nil ? (reader.digits(3) == nil ? .form : .ordinalDate) : .basicForm
        }
        if reader.take("W") || reader.take("w") { throw .weekDate }
        let month = try two(&reader)
        guard reader.take("-") else { throw reader.digits(1) == nil ? .form : .ordinalDate }
        let date = try two(&reader)
        guard let days = days(year: year, month: month, day: date) else { throw .noSuchDay }
        return days
    }

    /// A month, a day, an hour, a minute or a second.
    private static func two(_ reader: inout DigitReader) throws(Fault) -> Int64 {
        guard let value = reader.digits(2) else { throw reader.digits(1) == nil ? .form : .oneDigit }
        return value
    }

    /// Milliseconds since midnight.
    private static func time(_ reader: inout DigitReader) throws(Fault) -> Int64 {
        let hour = try two(&reader)
        guard reader.take(":") else { throw withoutMinutes(&reader) }
        guard reader.rest.first?.isNumber == true else { throw .noMinutes }
        let minute = try two(&reader)
        var (second, fraction): (Int64, Int64) = (0, 0)
        let hasSeconds = reader.take(":")
        if hasSeconds { second = try two(&reader) }
        if reader.take(".") || reader.take(",") {
            guard let thousandths = reader.fraction() else { throw .emptyFraction }
            guard hasSeconds else { throw .fractionOfMinute }
            fraction = thousandths
        }
        if hour == 24, minute == 0, second == 0, fraction == 0 { throw .midnight24 }
        if second == 60, hour < 24, minute < 60 { throw .leapSecond }
        guard hour < 24, minute < 60, second < 60 else { throw .noSuchTime }
        return (hour * 60 + minute) * 60_000 + second * 1000 + fraction
    }

    /// What is wrong with an hour that no colon follows.
    private static func withoutMinutes(_ reader: inout DigitReader) -> Fault {
        if reader.digits(2) != nil { return .basicForm }
        if reader.digits(1) != nil { return .form }
        if reader.take(".") || reader.take(",") { return .fractionOfMinute }
        return .noMinutes
    }

    /// Milliseconds east of UTC, at the end of the text.
    private static func offset(_ reader: inout DigitReader) throws(Fault) -> Int64 {
        guard !reader.isAtEnd else { throw .noZone }
        let words = reader.rest.trimmed.lowercased()
        if ["am", "pm", "a.m.", "p.m."].contains(where: words.hasPrefix) { throw .hoursOf12 }
        if words == "z" || "+-\u{2212}".contains(where: { words.hasPrefix(String($0)) }), reader.take(" ") {
            throw .spaceBeforeZone
        }
        if words.count > 1, words.first?.isLetter == true || words.first == "[" { throw .zoneName }
        if reader.take("Z") || reader.take("z") {
            guard reader.isAtEnd else { throw .form }
            return 0
        }
        // U+2212 is the minus that ISO 8601 itself prefers.
        let sign: Int64 = reader.take("+") ? 1 : reader.take("-") || reader.take(minus: "\u{2212}") ? -1 : 0
        guard sign != 0 else { throw .form }
        guard let hours = reader.digits(2) else { throw .shortOffset }
        var minutes: Int64 = 0
        if reader.take(":") || !reader.isAtEnd {
            guard let digits = reader.digits(2) else { throw .shortOffset }
            minutes = digits
        }
        guard reader.isAtEnd else { throw reader.rest.first == "[" ? .zoneName : .longOffset }
        guard hours < 24, minutes < 60 else { throw .noSuchTime }
        return sign * (hours * 60 + minutes) * 60_000
    }
}

/// Reads fixed-width decimal numbers from text.
struct DigitReader {
    private let bytes: [UInt8]
    private var index = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    var isAtEnd: Bool { index == bytes.count }

    /// What was not read yet.
    var rest: String { String(decoding: bytes[index...], as: UTF8.self) }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard index < bytes.count, UInt32(bytes[index]) == character.value else { return false }
        index += 1
        return true
    }

    /// A character of several bytes.
    mutating func take(minus character: Character) -> Bool {
        let wanted = Array(character.utf8)
        guard bytes[index...].starts(with: wanted) else { return false }
        index += wanted.count
        return true
    }

    mutating func digits(_ count: Int) -> Int64? {
        guard index + count <= bytes.count else { return nil }
        var value: Int64 = 0
        for byte in bytes[index..<index + count] {
            guard (48...57).contains(byte) else { return nil }
            value = value * 10 + Int64(byte - 48)
        }
        index += count
        return value
    }

    /// One or more digits after a decimal point, as thousandths.
    mutating func fraction() -> Int64? {
        var value: Int64 = 0
        var count = 0
        while index < bytes.count, (48...57).contains(bytes[index]) {
            if count < 3 { value = value * 10 + Int64(bytes[index] - 48) }
            count += 1
            index += 1
        }
        guard count > 0 else { return nil }
        for _ in min(count, 3)..<3 { value *= 10 }
        return value
    }
}
