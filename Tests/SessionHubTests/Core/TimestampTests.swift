import Testing

@testable import SessionHub

@Suite("Timestamp")
struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0),
        ("2024-03-15T10:00:00Z", 1_710_496_800_000),
        ("2024-02-29T23:59:59.999Z", 1_709_251_199_999),
        ("2024-03-15T11:00:00+01:00", 1_710_496_800_000),
        ("2024-03-15T04:30:00-05:30", 1_710_496_800_000),
        ("1969-12-31T23:59:59.5Z", -500),
        ("2026-11-23T04:05:06.123456789Z", 1_795_406_706_123),
        // Found from outside, no. 42
        ("2024-03-15T10:00Z", 1_710_496_800_000), ("2024-03-15t10:00:00z", 1_710_496_800_000),
        ("2024-03-15 10:00:00Z", 1_710_496_800_000), ("2024-03-15T12:00:00+0200", 1_710_496_800_000),
        ("2024-03-15T12:00:00+02", 1_710_496_800_000), ("2024-03-15T12:00+02", 1_710_496_800_000),
        ("2024-03-15T08:00:00-0200", 1_710_496_800_000), ("2024-03-15T08:00:00\u{2212}02:00", 1_710_496_800_000),
        ("2024-03-15T10:00:00,5Z", 1_710_496_800_500), ("2024-03-15T10:00:00-00:00", 1_710_496_800_000),
    ]) func `a time with its zone is read`(text: String, milliseconds: Int64) {
        #expect(Timestamp(text) == Timestamp(milliseconds: milliseconds))
    }

    @Test(arguments: [
        "2024-03-15T10:00:00", "2024-03-15", "2024-02-30T10:00:00Z", "2023-02-29T10:00:00Z", "2024-13-01T00:00:00Z",
        "2024-03-15T24:00:00Z", "2024-03-15T10:60:00Z", "2024-03-15T10:00:60Z", "2024-03-15T10:00:00.Z",
        "2024-3-15T10:00:00Z",
        "2024-03-15T10:00:00Z ", " 2024-03-15T10:00:00Z", "2024-03-15T10:00:00+1:00", "", "now", "2024-00-10T00:00:00Z",
        "2024-03-15T10:00:00+25:00", "2024-03-15T10:00:00+02:0", "2024-03-15T10:00:00+02:", "2024-03-15T10:00:00+020",
        "2024-03-15T10Z", "2024-03-15T10:00:00 UTC", "2024-03-15T10:00:00Z[Europe/Paris]", "2024-03T10:00:00Z",
        "2024-03-15T1\u{0660}:00:00Z",
    ]) func `anything else is refused`(text: String) {
        #expect(Timestamp(text) == nil)
    }

    // Found from outside, no. 42
    @Test(
        arguments: [
            ("2026-W11-7T10:00Z", .weekDate), ("2026W117T1000Z", .weekDate), ("2026-w11-7", .weekDate),
            ("2026-074T10:00:00Z", .ordinalDate), ("2026074T100000Z", .ordinalDate), ("2026-074", .ordinalDate),
            ("20260315T100000Z", .basicForm), ("2026-03-15T100000Z", .basicForm), ("20260315", .basicForm),
            ("2026-03-15T24:00:00Z", .midnight24), ("2026-03-15T24:00Z", .midnight24),
            ("2026-03-15T24:01Z", .noSuchTime),
            ("2026-06-30T23:59:60Z", .leapSecond), ("2026-03-15T10:60Z", .noSuchTime),
            ("2026-03-15T10:00,5Z", .fractionOfMinute), ("2026-03-15", .noTime), ("2026-03-15T10:00:00", .noZone),
            ("2026-02-30T10:00Z", .noSuchDay), ("0000-01-01T00:00:00+23:59", .outOfRange), ("tomorrow", .form),
            ("2026-03-15T10Z", .noMinutes), ("2026-03-15T10", .noMinutes), ("2026-03-15T10+02:00", .noMinutes),
            ("2026-03-15T10:Z", .noMinutes), ("2026-03-15T10.5Z", .fractionOfMinute),
            ("2026-03-15T10:00:00+2:00", .shortOffset), ("2026-03-15T10:00:00-5", .shortOffset),
            ("2026-03-15T10:00:00+02:0", .shortOffset), ("2026-03-15T10:00:00+02:", .shortOffset),
            ("2026-03-15T10:00:00+020", .shortOffset), ("2026-03-15T10:00:00+02:00:00", .longOffset),
            ("2026-03-15T10:00:00.Z", .emptyFraction), ("2026-03-15T10:00:00,+02:00", .emptyFraction),
            ("2026-3-15T10:00:00Z", .oneDigit), ("2026-03-5T10:00:00Z", .oneDigit), ("2026-03-15T9:00:00Z", .oneDigit),
            ("2026-03-15T10:5Z", .oneDigit), ("2026-03-15T10:00:5Z", .oneDigit),
            ("2026-03-15T10:00:00 UTC", .zoneName), ("2026-03-15T10:00:00CET", .zoneName),
            ("2026-03-15T10:00:00Z[Europe/Paris]", .zoneName), ("2026-03-15T10:00:00+01:00[Europe/Paris]", .zoneName),
            ("2026-03-15 10:00:00 +0200", .spaceBeforeZone), ("2026-03-15T10:00:00 Z", .spaceBeforeZone),
            ("2026-03-15 10:00 PM", .hoursOf12), ("2026-03-15 10:00am", .hoursOf12),
        ] as [(String, Timestamp.Fault)])
    func `what is ISO 8601 too, and not read, is refused by its name`(text: String, fault: Timestamp.Fault) {
        #expect(throws: fault) { try Timestamp(reading: text) }
    }

    // Found from outside, no. 42
    @Test func `every refusal says what is expected, in both languages, and each something else`() {
        let expected = Localized(en: "Send a time.", fr: "Envoyez une heure.")
        for language in Language.allCases {
            let sentences = Timestamp.Fault.allCases.map { $0.refusal("at", expected).message(in: language) }
            #expect(sentences.allSatisfy { $0.hasPrefix(expected[language]) })
            #expect(Set(sentences).count == sentences.count)
        }
    }

    @Test func `milliseconds are written only when there are some`() {
        #expect(Timestamp(milliseconds: 1_710_496_800_000).text == "2024-03-15T10:00:00Z")
        #expect(Timestamp(milliseconds: 1_710_496_800_007).text == "2024-03-15T10:00:00.007Z")
        #expect(Timestamp(milliseconds: -1).text == "1969-12-31T23:59:59.999Z")
    }

    @Test func `every day of four centuries reads back as it was written`() {
        for day in stride(from: Int64(-100_000), through: 100_000, by: 1) {
            let moment = Timestamp(milliseconds: day * 86_400_000 + 12_345_678)
            #expect(Timestamp(moment.text) == moment)
        }
    }

    @Test func `a plain date is midnight UTC`() {
        #expect(Timestamp(plainDate: "2024-03-15") == Timestamp("2024-03-15T00:00:00Z"))
        #expect(Timestamp(plainDate: "2024-02-30") == nil)
        #expect(Timestamp(plainDate: "2024-03-15T00:00:00Z") == nil)
    }
}
