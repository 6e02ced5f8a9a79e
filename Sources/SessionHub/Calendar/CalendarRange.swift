import StrictJSON
import WebSocketServer

/// A stretch of time that a calendar shows: half-open, [start, end).
package struct CalendarRange: Sendable, Equatable {
    package let start: Timestamp
    package let end: Timestamp

    private static let day: Int64 = 86_400_000
    private static let everything = CalendarRange(
        start: Timestamp(milliseconds: -day * 1_000_000), end: Timestamp(milliseconds: day * 10_000_000)
    )

    package init(start: Timestamp, end: Timestamp) {
        self.start = start
        self.end = end
    }

    /// From a query: plain dates (UTC; a plain end date includes that day) or times with their zone; open where nothing
    /// is given. The first name that is present counts.
    package init(
        start: (name: String, text: String)?, end: (name: String, text: String)?
    ) throws(HubError) {
        self.start = try start.map(Self.bound)?.timestamp ?? Self.everything.start
        let last = try end.map(Self.bound)
        self.end = last.map { $0.isPlainDate ? $0.timestamp + Self.day : $0.timestamp } ?? Self.everything.end
        guard self.start < self.end else {
            throw .invalid(
                end?.name ?? start?.name ?? "end",
                Localized(en: "The end must come after the start.", fr: "La fin doit suivre le début.")
            )
        }
    }

    private static func bound(
        _ item: (name: String, text: String)
    ) throws(HubError) -> (timestamp: Timestamp, isPlainDate: Bool) {
        if let date = Timestamp(plainDate: item.text) { return (date, true) }
        // In a query string `+` means a space: an offset whose sign was not encoded arrives as one.
        var text = Array(item.text)
        if text.count > 6, text[text.count - 6] == " " { text[text.count - 6] = "+" }
        guard let timestamp = Timestamp(String(text)) else {
            throw .invalid(
                item.name,
                Localized(
                    en: "\(item.name) must be a date such as 2026-03-15, or a time with its zone.",
                    fr: "\(item.name) doit être une date comme 2026-03-15, ou une heure avec son fuseau."
                )
            )
        }
        return (timestamp, false)
    }

    /// Overlap, not containment; what has no length belongs to the moment at which it stands. `CalendarStore` says the same
    /// in SQL.
    package func overlaps(start: Timestamp, end: Timestamp?) -> Bool {
        guard start < self.end else { return false }
        return start >= self.start || (end ?? start) > self.start
    }
}

extension Call {
    /// The range of a calendar's query; both of the seed's ways to name its ends are understood.
    func calendarRange() throws(HubError) -> CalendarRange {
        try CalendarRange(start: firstItem("start", "start_date"), end: firstItem("end", "end_date"))
    }

    private func firstItem(_ names: String...) -> (name: String, text: String)? {
        for name in names {
            if let text = request.query.first(name), !text.isEmpty { return (name, text) }
        }
        return nil
    }
}
