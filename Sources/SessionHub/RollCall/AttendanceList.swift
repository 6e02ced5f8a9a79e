import Foundation

/// The attendance list of a class as a CSV: one line a person, in the language of whoever opens it.
///
/// In English the columns have the names and the values of the JSON, for programs; in French the list is for a
/// spreadsheet: `;` between cells, times by the clocks of the course, durations and statuses in words. New columns
/// come at the end: programs may read by position.
struct AttendanceList: Sendable {
    let language: Language
    /// The zone in whose time the list is written.
    let zone: TimeZone
    let hasMark: Bool
    /// Whether the list has those, too, who neither came nor have a correction.
    let hasEverybody: Bool

    init(
        language: Language = .english, zone: TimeZone = .gmt, hasMark: Bool = true, hasEverybody: Bool = false
    ) {
        self.language = language
        self.zone = zone
        self.hasMark = hasMark
        self.hasEverybody = hasEverybody
    }

    func csv(of rollCall: RollCall, now: Timestamp) -> [UInt8] {
        var csv = CSV(separator: language == .french ? .semicolon : .comma, hasMark: hasMark)
        csv.add(heading)
        for entry in rollCall.entries where hasEverybody || entry.participant != nil || entry.correction != nil {
            let record = rollCall.record(of: entry, now: now)
            switch language {
            case .english: csv.add(Self.english(entry, record))
            case .french: csv.add(french(entry, record))
            }
        }
        return csv.bytes
    }

    private var heading: [String] {
        switch language {
        case .english:
            [
                "name", "email", "role", "first_joined_at", "last_left_at", "attendance_seconds", "attendance_minutes",
                "source", "recorded_status", "corrected_status", "correction_reason", "corrected_by", "corrected_at",
            ]
        case .french:
            [
                "Nom", "Adresse e-mail", "Rôle", "Première arrivée (\(zone.identifier))",
                "Dernier départ (\(zone.identifier))", "Durée", "Durée en minutes", "Source", "Statut relevé",
                "Statut corrigé", "Motif de la correction", "Corrigé par", "Corrigé le (\(zone.identifier))",
            ]
        }
    }

    private static func english(_ entry: RollCall.Entry, _ record: RollCall.Record) -> [String] {
        let correction = entry.correction
        return [
            entry.person.name, entry.email, entry.role.rawValue, entry.firstJoinedAt?.text ?? "",
            entry.participant?.leftAt?.text ?? "", String(record.sum.seconds), String(record.sum.minutes),
            (entry.participant?.sources ?? []).map(\.rawValue).joined(separator: " "), record.status.rawValue,
            correction?.status.rawValue ?? "", correction?.reason ?? "", correction?.author?.name ?? "",
            correction?.at.text ?? "",
        ]
    }

    private func french(_ entry: RollCall.Entry, _ record: RollCall.Record) -> [String] {
        let correction = entry.correction
        return [
            entry.person.name, entry.email, Self.french(entry.role), entry.firstJoinedAt.map(zone.cell) ?? "",
            entry.participant?.leftAt.map(zone.cell) ?? "", Self.words(record.sum.seconds), String(record.sum.minutes),
            (entry.participant?.sources ?? []).map(Self.french).joined(separator: " "), Self.french(record.status),
            correction.map { Self.french($0.status) } ?? "", correction?.reason ?? "", correction?.author?.name ?? "",
            correction.map { zone.cell($0.at) } ?? "",
        ]
    }

    private static func french(_ role: ClassRole) -> String {
        switch role {
        case .instructor: "enseignant"
        case .moderator: "modérateur"
        case .participant: "participant"
        case .guest: "invité"
        }
    }

    private static func french(_ status: AttendanceStatus) -> String {
        switch status {
        case .expected: "attendu"
        case .here: "ici"
        case .late: "en retard"
        case .left: "parti"
        case .absent: "absent"
        case .present: "présent"
        case .leftEarly: "parti avant la fin"
        case .excused: "excusé"
        }
    }

    private static func french(_ source: AttendanceSource) -> String {
        switch source {
        case .channel: "canal"
        case .rest: "REST"
        case .prosody: "vidéo"
        }
    }

    static func words(_ seconds: Int64) -> String {
        let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60)
        if hours > 0 { return minutes == 0 ? "\(hours) h" : "\(hours) h \(minutes) min" }
        if minutes > 0 { return rest == 0 ? "\(minutes) min" : "\(minutes) min \(rest) s" }
        return "\(rest) s"
    }
}
