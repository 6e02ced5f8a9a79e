import Foundation

/// The attendance list of a class as a CSV: one line a person, in the language of whoever opens it.
///
/// In English the columns have the names and the values of the JSON, for programs; in French the list is for a
/// spreadsheet: `;` between cells, times by the clocks of the course, durations in words.
struct AttendanceList: Sendable {
    let language: Language
    /// The zone in whose time the list is written.
    let zone: TimeZone
    var hasMark = true

    init(language: Language = .english, zone: TimeZone = .gmt, hasMark: Bool = true) {
        self.language = language
        self.zone = zone
        self.hasMark = hasMark
    }

    func csv(of people: [Participant], in session: LiveSession, now: Timestamp) -> [UInt8] {
        var csv = CSV(separator: language == .french ? .semicolon : .comma, hasMark: hasMark)
        csv.add(heading)
        for participant in people {
            let sum = participant.sum(in: session, now: now)
            switch language {
            case .english: csv.add(Self.english(participant, sum))
            case .french: csv.add(french(participant, sum))
            }
        }
        return csv.bytes
    }

    private var heading: [String] {
        switch language {
        case .english:
            [
                "name", "email", "role", "first_joined_at", "last_left_at", "attendance_seconds", "attendance_minutes",
                "source",
            ]
        case .french:
            [
                "Nom", "Adresse e-mail", "Rôle", "Première arrivée (\(zone.identifier))",
                "Dernier départ (\(zone.identifier))", "Durée", "Durée en minutes", "Source",
            ]
        }
    }

    private static func english(_ participant: Participant, _ sum: AttendanceSum) -> [String] {
        [
            participant.person.name, participant.email, participant.role.rawValue, participant.joinedAt.text,
            participant.leftAt?.text ?? "", String(sum.seconds), String(sum.minutes),
            participant.sources.map(\.rawValue).joined(separator: " "),
        ]
    }

    private func french(_ participant: Participant, _ sum: AttendanceSum) -> [String] {
        [
            participant.person.name, participant.email, Self.french(participant.role), zone.cell(participant.joinedAt),
            participant.leftAt.map(zone.cell) ?? "", Self.words(sum.seconds), String(sum.minutes),
            participant.sources.map(Self.french).joined(separator: " "),
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
