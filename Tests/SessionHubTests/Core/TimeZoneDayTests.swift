import Foundation
import Testing

@testable import SessionHub

/// Days by the clocks of many zones, held against a walk along the clocks.
@Suite("Days of zones")
struct TimeZoneDayTests {
    private static let zones = [
        "Africa/Cairo", "America/Santiago", "Asia/Beirut", "America/Havana", "America/Asuncion", "Atlantic/Azores",
        "America/Sao_Paulo", "America/Campo_Grande", "Asia/Amman", "Asia/Damascus", "Asia/Tehran", "Asia/Gaza",
        "America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca", "Europe/Paris", "America/Godthab",
        "America/Scoresbysund", "Antarctica/Troll", "Pacific/Apia", "Asia/Pyongyang", "Africa/Dakar", "Asia/Kathmandu",
        "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/Caracas", "Europe/Istanbul", "Africa/Khartoum",
    ]

    private static let (day, quarter): (Int64, Int64) = (86_400_000, 900_000)

    /// The first quarter of an hour at which clocks show this date, found by looking at each.
    private static func walked(to date: Timestamp, in zone: TimeZone) -> Timestamp? {
        var moment = date - 15 * 3_600_000
        while moment < date + 40 * 3_600_000 {
            if zone.date(at: moment) >= date { return zone.date(at: moment) == date ? moment : nil }
            moment = moment + quarter
        }
        return nil
    }

    // Found from outside, no. 37
    @Test(arguments: zones) func `a day begins when its date does and ends when the next one begins`(name: String)
        throws
    {
        let zone = try #require(TimeZone(identifier: name))
        let range = [("2010-01-01", 700), ("2017-06-01", 400), ("2026-01-01", 400)]
        for (first, count) in range {
            let start = try #require(Timestamp(plainDate: first))
            for index in 0..<Int64(count) {
                let date = start + index * Self.day
                let (begins, next) = (zone.start(of: date), zone.start(of: date + Self.day))
                // Only where clocks were changed can a day be anything but midnight to midnight.
                guard next - begins != Self.day else { continue }
                let walkedTo = (Self.walked(to: date, in: zone), Self.walked(to: date + Self.day, in: zone))
                guard let truth = walkedTo.0, let end = walkedTo.1 else { continue }
                #expect(begins == truth, "\(name) \(date.plainDate)")
                #expect(zone.end(of: date) == end, "\(name) \(date.plainDate)")
                let event = CalendarEvent(start: date, isAllDay: true, zone: zone)
                #expect(event.over == end, "\(name) \(date.plainDate)")
            }
        }
    }

    // Found from outside, no. 37
    @Test(arguments: [
        ("Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z"),
        ("Africa/Cairo", "2026-10-29", "2026-10-28T21:00:00Z", "2026-10-29T22:00:00Z"),
        ("Asia/Beirut", "2026-03-29", "2026-03-28T22:00:00Z", "2026-03-29T21:00:00Z"),
        ("America/Havana", "2026-03-08", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z"),
        ("America/Santiago", "2026-09-06", "2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z"),
        ("Atlantic/Azores", "2026-03-29", "2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"),
    ]) func `an all-day event has the hours of its day where midnight is skipped or comes twice`(
        name: String, date: String, start: String, end: String
    ) throws {
        let zone = try #require(TimeZone(identifier: name))
        let first = try #require(Timestamp(plainDate: date))
        let event = CalendarEvent(start: first, isAllDay: true, zone: zone)
        #expect(event.begins.text == start)
        #expect(event.over?.text == end)
        let range = try CalendarRange(start: ("start", date), end: ("end", date))
        #expect([range.start(in: zone).text, range.end(in: zone).text] == [start, end])
        let two = CalendarEvent(start: first - Self.day, end: first, isAllDay: true, zone: zone)
        #expect(two.over?.text == end, "the last day counts")
    }

    // Found from outside, no. 37
    @Test func `a date is written with four digits, where the clocks show the year 10000 as well`() throws {
        let (east, west) = (
            try #require(TimeZone(identifier: "Pacific/Kiritimati")), try #require(TimeZone(identifier: "Etc/GMT+12"))
        )
        let last = west.start(of: try #require(Timestamp(plainDate: "9999-12-31")))
        #expect(east.date(at: last).plainDate == "9999-12-31")
        let first = east.start(of: try #require(Timestamp(plainDate: "0000-01-01")))
        #expect(west.date(at: first).plainDate == "0000-01-01")
    }
}
