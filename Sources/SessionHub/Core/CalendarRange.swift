import Foundation
import StrictJSON
import WebSocketServer

/// A stretch of time that a calendar shows: half-open, [start, end).
///
/// Its ends are moments, or plain dates, which mean a day in the zone of each thing that is shown (`TimeZones`).
struct CalendarRange: Sendable, Equatable {
    /// A date is kept as its midnight in UTC.
    enum Bound: Sendable, Equatable {
        case moment(Timestamp)
        case date(Timestamp)

        init(reading text: String) throws(Timestamp.Fault) {
            if let date = Timestamp(plainDate: text) {
                self = .date(date)
            } else {
                self = .moment(try Timestamp(reading: text))
            }
        }
    }

    private static let day: Int64 = 86_400_000
    /// No zone is further from UTC than this.
    private static let zones: Int64 = 15 * 3_600_000
    private static let (earliest, latest) = (
        Timestamp(milliseconds: -day * 1_000_000), Timestamp(milliseconds: day * 10_000_000)
    )

    private let first: Bound
    /// The end. A plain date includes its day.
    private let last: Bound

    /// Reads a range from a query. An end that is not given stays open. An end may have several names, of which the
    /// first that is present counts.
    init(
        start: (name: String, text: String)?, end: (name: String, text: String)?
    ) throws(HubError) {
        first = try start.map(Self.bound) ?? .moment(Self.earliest)
        last = try end.map(Self.bound) ?? .moment(Self.latest)
        guard self.start(in: .gmt) < self.end(in: .gmt) else {
            throw .invalid(
                end?.name ?? start?.name ?? "end",
                Localized(en: "The end must come after the start.", fr: "La fin doit suivre le début.")
            )
        }
    }

    func start(in zone: TimeZone) -> Timestamp {
        switch first {
        case .moment(let moment): moment
        case .date(let date): zone.start(of: date)
        }
    }

    func end(in zone: TimeZone) -> Timestamp {
        switch last {
        case .moment(let moment): moment
        case .date(let date): zone.end(of: date)
        }
    }

    /// The range as it may be in any zone, for SQL, which knows no zones. `overlaps` decides afterwards.
    var widest: (start: Timestamp, end: Timestamp) {
        (start(in: .gmt) - Self.zones, end(in: .gmt) + Self.zones)
    }

    private static func bound(_ item: (name: String, text: String)) throws(HubError) -> Bound {
        // In a query string `+` means a space, so that an offset whose sign was not encoded arrives with a space.
        var text = Array(item.text)
        if let space = text.lastIndex(of: " "), text[..<space].contains(":") { text[space] = "+" }
        do throws(Timestamp.Fault) {
            return try Bound(reading: String(text))
        } catch {
            throw error.refusal(
                item.name,
                Localized(
                    en: "\(item.name) must be a date such as 2026-03-15, or a time with its zone.",
                    fr: "\(item.name) doit être une date comme 2026-03-15, ou une heure avec son fuseau."
                )
            )
        }
    }

    /// Overlapping is enough, nothing must be contained. What has no length belongs to the moment at which it stands.
    func overlaps(start: Timestamp, end: Timestamp?, in zone: TimeZone) -> Bool {
        guard start < self.end(in: zone) else { return false }
        let first = self.start(in: zone)
        return start >= first || (end ?? start) > first
    }
}
