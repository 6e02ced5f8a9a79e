/// What a refusal says of a text that is no moment.
extension Timestamp.Fault {
    /// The refusal of a field, which says what is expected and, where it helps, what was recognised.
    func refusal(_ field: String, _ expected: Localized) -> HubError {
        guard let reason else { return .invalid(field, expected) }
        return .invalid(
            field,
            Localized(
                en: "\(expected[.english]) \(reason[.english])", fr: "\(expected[.french]) \(reason[.french])"
            )
        )
    }

    private var reason: Localized? {
        switch self {
        case .form: nil
        case .noTime: Localized(en: "A date alone is not enough.", fr: "Une date seule ne suffit pas.")
        case .noZone: Localized(en: "The zone is missing: Z or +02:00.", fr: "Le fuseau manque : Z ou +02:00.")
        case .noSuchDay: Localized(en: "There is no such day.", fr: "Ce jour n’existe pas.")
        case .noSuchTime: Localized(en: "There is no such time of day.", fr: "Cette heure n’existe pas.")
        case .outOfRange: Localized(en: "The year is out of range.", fr: "L’année est hors limites.")
        case .weekDate:
            Localized(
                en: "Week dates (2026-W11-7) are not read: send year, month and day.",
                fr: "Les dates par semaine (2026-W11-7) ne sont pas lues : envoyez année, mois et jour."
            )
        case .ordinalDate:
            Localized(
                en: "Ordinal dates (2026-074) are not read: send year, month and day.",
                fr: "Les dates ordinales (2026-074) ne sont pas lues : envoyez année, mois et jour."
            )
        case .basicForm:
            Localized(
                en: "The basic form (20260315T100000Z) is not read: put in - and :.",
                fr: "Le format de base (20260315T100000Z) n’est pas lu : ajoutez les - et les :."
            )
        case .midnight24:
            Localized(
                en: "24:00 is not read: send 00:00 of the next day.",
                fr: "24:00 n’est pas lu : envoyez 00:00 du lendemain."
            )
        case .leapSecond:
            Localized(
                en: "Leap seconds are not read: send 59 or the next minute.",
                fr: "Les secondes intercalaires ne sont pas lues : envoyez 59 ou la minute suivante."
            )
        case .noMinutes:
            Localized(en: "The minutes are missing: send 10:00.", fr: "Les minutes manquent : envoyez 10:00.")
        case .oneDigit:
            Localized(
                en: "Months, days, hours, minutes and seconds have two digits: 2026-03-05T09:05:00Z.",
                fr: "Mois, jours, heures, minutes et secondes ont deux chiffres : 2026-03-05T09:05:00Z."
            )
        case .emptyFraction:
            Localized(
                en: "A fraction of a second has digits: 10:00:00.5, or leave the point out.",
                fr: "Une fraction de seconde a des chiffres : 10:00:00.5, ou omettez le point."
            )
        case .shortOffset:
            Localized(
                en: "An offset has two digits each for hours and minutes: +02:00, +0200 or +02.",
                fr: "Un décalage a deux chiffres pour les heures et pour les minutes : +02:00, +0200 ou +02."
            )
        case .longOffset:
            Localized(
                en: "An offset ends with its minutes: +02:00.", fr: "Un décalage finit par ses minutes : +02:00."
            )
        case .zoneName:
            Localized(
                en: "Names of zones are not read: send Z or an offset such as +02:00.",
                fr: "Les noms de fuseaux ne sont pas lus : envoyez Z ou un décalage comme +02:00."
            )
        case .spaceBeforeZone:
            Localized(
                en: "There is a space before the zone: send 10:00:00+02:00.",
                fr: "Il y a une espace avant le fuseau : envoyez 10:00:00+02:00."
            )
        case .hoursOf12:
            Localized(
                en: "AM and PM are not read: send hours from 00 to 23.",
                fr: "AM et PM ne sont pas lus : envoyez des heures de 00 à 23."
            )
        case .fractionOfMinute:
            Localized(
                en: "Fractions are read of seconds only.", fr: "Seules les fractions de seconde sont lues."
            )
        }
    }
}
