package import Foundation

/// In which zone a plain date counts: the course's own, else the hub's (AMPHI_TIME_ZONE).
package struct TimeZones: Sendable, Equatable {
    /// The zone of what belongs to no course, or to a course whose zone is not set or not known on this machine.
    package let standard: TimeZone

    static let utc = TimeZones(standard: .gmt)

    init(standard: TimeZone) { self.standard = standard }

    /// Nil when this machine does not know the zone: its tzdata is missing or too old.
    package init?(named name: String) {
        guard let zone = Self.canonicalName(name).flatMap(TimeZone.init(identifier:)) else { return nil }
        standard = zone
    }

    /// The name of a zone as the IANA database writes it, for a name that was typed with any capitals; nil for what is
    /// no zone there. Foundation alone would take more, such as `GMT+5`, which browsers do not know.
    static func canonicalName(_ name: String) -> String? { names[name.lowercased()] }

    /// The names that Foundation lists, and the older ones beside them that tzdata still has (Asia/Calcutta, UTC).
    private static let names: [String: String] = {
        var names: [String: String] = [:]
        let installed = FileManager.default.subpaths(atPath: "/usr/share/zoneinfo") ?? []
        let notZones = ["posix/", "right/", "Factory", "localtime", "posixrules", "leap"]
        let older = installed.filter { name in
            !name.contains(".") && !notZones.contains(where: name.hasPrefix) && TimeZone(identifier: name) != nil
        }
        for name in older + TimeZone.knownTimeZoneIdentifiers + ["UTC"] { names[name.lowercased()] = name }
        return names
    }()

    func zone(_ name: String?) -> TimeZone { name.flatMap(TimeZone.init(identifier:)) ?? standard }
}

/// Days by the clocks of a zone, which have 23 or 25 hours when those are changed.
extension TimeZone {
    /// The first moment of a date, which is given as its midnight UTC (`Timestamp(plainDate:)`).
    func start(of date: Timestamp) -> Timestamp { moment(showing: date) }

    /// The moment at which a date is over: the first one of the next date.
    func end(of date: Timestamp) -> Timestamp { start(of: date + Self.day) }

    /// The date there, as its midnight UTC; within the years that a date is written with, where the clocks show
    /// another.
    func date(at moment: Timestamp) -> Timestamp {
        let shown = min(max(shown(at: moment), .earliest), .latest)
        return Timestamp(milliseconds: shown.milliseconds.floorDiv(Self.day) * Self.day)
    }

    private static let day: Int64 = 86_400_000

    /// What the clocks of the zone show then, as if it were UTC.
    func shown(at moment: Timestamp) -> Timestamp { moment + offset(at: moment) }

    private func offset(at moment: Timestamp) -> Int64 {
        Int64(secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment.milliseconds) / 1000))) * 1000
    }

    /// When the clocks of the zone show this. When they show it twice the first time is meant, and when they skip it
    /// the moment of the change.
    func moment(showing shown: Timestamp) -> Timestamp {
        // No zone is a whole day away from UTC, so that one of the two offsets holds before that moment and the other
        // one after it.
        let candidates = [shown - Self.day, shown + Self.day].map { shown - offset(at: $0) }
        if let first = candidates.filter({ self.shown(at: $0) == shown }).min() { return first }
        // The clocks show less at one of them and more at the other one. Between them lies the change, which may have
        // begun before midnight.
        var (before, after) = (min(candidates[0], candidates[1]), max(candidates[0], candidates[1]))
        while after - before > 1 {
            let middle = before + (after - before) / 2
            if self.shown(at: middle) < shown { before = middle } else { after = middle }
        }
        return after
    }
}

extension Timestamp {
    /// `YYYY-MM-DD` of a date that is given as its midnight UTC.
    var plainDate: String { String(text.prefix(10)) }
}
