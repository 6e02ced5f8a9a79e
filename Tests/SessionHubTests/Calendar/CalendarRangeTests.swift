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
        #expect(march.start.text == "2026-03-01T00:00:00Z")
        #expect(march.end.text == "2026-04-01T00:00:00Z")
        #expect(try range("2026-03-01", "2026-03-01").end.text == "2026-03-02T00:00:00Z")
    }

    @Test func `times are taken as they are, also with the plus of an offset lost in the query`() throws {
        let range = try range("2026-03-01T00:00:00 02:00", "2026-03-02T00:00:00+02:00")
        #expect(range.start.text == "2026-02-28T22:00:00Z")
        #expect(range.end.text == "2026-03-01T22:00:00Z")
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
    func `seed defect 26: overlap, not containment`(start: Int64, end: Int64?, overlaps: Bool) {
        let range = CalendarRange(start: Timestamp(milliseconds: 100), end: Timestamp(milliseconds: 200))
        #expect(
            range.overlaps(
                start: Timestamp(milliseconds: start), end: end.map(Timestamp.init(milliseconds:))
            ) == overlaps
        )
    }
}
