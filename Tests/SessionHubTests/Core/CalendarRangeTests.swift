import Foundation
import Testing

@testable import SessionHub

@Suite("Calendar range")
struct CalendarRangeTests {
    private func range(_ start: String?, _ end: String?) throws(HubError) -> CalendarRange {
        try CalendarRange(start: start.map { ("start", $0) }, end: end.map { ("end", $0) })
    }

    private func refusedField(_ start: String?, _ end: String?) -> String? {
        do {
            _ = try range(start, end)
            return nil
        } catch {
            return error.field
        }
    }

    @Test func `a plain end date includes that day`() throws {
        let march = try range("2026-03-01", "2026-03-31")
        #expect(march.start(in: .gmt).text == "2026-03-01T00:00:00Z")
        #expect(march.end(in: .gmt).text == "2026-04-01T00:00:00Z")
        #expect(try range("2026-03-01", "2026-03-01").end(in: .gmt).text == "2026-03-02T00:00:00Z")
    }

    @Test func `times are taken as they are, also with the plus of an offset lost in the query`() throws {
        let range = try range("2026-03-01T00:00:00 02:00", "2026-03-02T00:00:00+02:00")
        #expect(range.start(in: .gmt).text == "2026-02-28T22:00:00Z")
        #expect(range.end(in: .gmt).text == "2026-03-01T22:00:00Z")
    }

    @Test(
        arguments: [
            ("2026-02-30", nil, "start"), (nil, "tomorrow", "end"), ("2026-03-01T10:00:00", nil, "start"),
            ("2026-03-02", "2026-03-01", "end"), ("2026-03-01T10:00:00Z", "2026-03-01T10:00:00Z", "end"),
        ] as [(String?, String?, String)]
    )
    func `what is no range is refused with its field`(start: String?, end: String?, field: String) {
        #expect(refusedField(start, end) == field)
    }

    @Test(
        arguments: [
            // In the range [100, 200): before, touching, reaching in, inside, around, reaching out, touching, after.
            (50, 90, false), (50, 100, false), (50, 101, true), (120, 130, true), (50, 300, true), (199, 300, true),
            (200, 300, false), (250, 300, false),
            // Without a length: the moment itself.
            (99, nil, false), (100, nil, true), (199, nil, true), (200, nil, false), (100, 100, true),
        ] as [(Int64, Int64?, Bool)]
    )
    func `seed defect 26: overlap, not containment`(start: Int64, end: Int64?, overlaps: Bool) throws {
        let range = try range("1970-01-01T00:00:00.100Z", "1970-01-01T00:00:00.200Z")
        #expect(
            range.overlaps(
                start: Timestamp(milliseconds: start), end: end.map(Timestamp.init(milliseconds:)), in: .gmt
            ) == overlaps
        )
    }

    /// Clocks that were changed in 2026: Paris on 29 March (23 hours) and 25 October (25), Casablanca out of summer
    /// time for Ramadan on 15 February and back on 22 March.
    private static let days: [(zone: String, date: String, start: String, hours: Int64)] = [
        ("Europe/Paris", "2026-03-28", "2026-03-27T23:00:00Z", 24),
        ("Europe/Paris", "2026-03-29", "2026-03-28T23:00:00Z", 23),
        ("Europe/Paris", "2026-03-30", "2026-03-29T22:00:00Z", 24),
        ("Europe/Paris", "2026-10-25", "2026-10-24T22:00:00Z", 25),
        ("Europe/Paris", "2026-10-26", "2026-10-25T23:00:00Z", 24),
        ("Africa/Casablanca", "2026-02-14", "2026-02-13T23:00:00Z", 24),
        ("Africa/Casablanca", "2026-02-15", "2026-02-14T23:00:00Z", 25),
        ("Africa/Casablanca", "2026-02-16", "2026-02-16T00:00:00Z", 24),
        ("Africa/Casablanca", "2026-03-22", "2026-03-22T00:00:00Z", 23),
        ("Africa/Casablanca", "2026-03-23", "2026-03-22T23:00:00Z", 24),
        ("Africa/Dakar", "2026-03-29", "2026-03-29T00:00:00Z", 24),
        ("Pacific/Kiritimati", "2026-03-29", "2026-03-28T10:00:00Z", 24),
        ("Pacific/Pago_Pago", "2026-03-29", "2026-03-29T11:00:00Z", 24),
    ]

    @Test func `where clocks skip midnight itself, the day begins at one`() throws {
        let cairo = try #require(TimeZones(named: "Africa/Cairo")?.standard)
        let range = try range("2026-04-24", "2026-04-24")
        #expect(range.start(in: cairo).text == "2026-04-23T22:00:00Z")
        #expect(range.end(in: cairo).text == "2026-04-24T21:00:00Z")
    }

    @Test(arguments: days)
    func `a plain date is a day by the clocks of its zone, however long`(
        day: (zone: String, date: String, start: String, hours: Int64)
    ) throws {
        let zone = try #require(TimeZones(named: day.zone)?.standard)
        let range = try range(day.date, day.date)
        let start = range.start(in: zone)
        #expect(start.text == day.start)
        #expect(range.end(in: zone) - start == day.hours * 3_600_000)
        let date = try #require(Timestamp(plainDate: day.date))
        #expect(zone.end(of: date) - start == day.hours * 3_600_000)
        #expect(zone.date(at: start).plainDate == day.date)
        #expect(zone.date(at: range.end(in: zone) - 1).plainDate == day.date)
        #expect(range.widest.start <= start && range.widest.end >= range.end(in: zone))
    }

    @Test func `a zone that nobody knows is UTC for a course, and none for the hub`() {
        #expect(TimeZones(named: "Africa/Atlantis") == nil)
        #expect(TimeZones.utc.zone("Africa/Atlantis") == .gmt && TimeZones.utc.zone(nil) == .gmt)
    }
}
