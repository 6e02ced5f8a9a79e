/// A sign-in at this hub, as the tokens that it minted carry it. A token of the platform has none.
struct Login: Sendable, Equatable {
    /// Tokens of one sign-in may follow each other for so long (milliseconds): a day of classes.
    static let longest: Int64 = 12 * 3_600_000
    /// A one-use link for a new password lets its holder set one for so long after it was opened.
    static let resetWindow: Int64 = 15 * 60_000
    /// Whoever came in by a link of an administrator and has no password may choose one for so long: the first visit.
    static let firstPasswordWindow: Int64 = 3_600_000

    /// `link` is a teacher's link, `invitation` one of an administrator or of the command line.
    enum Way: String, Sendable, CaseIterable {
        case password, link, invitation, reset
    }

    let way: Way
    let at: Timestamp

    /// No token of this sign-in is good from here on.
    var end: Timestamp { at + Self.longest }

    /// Whether a new password may be set without the old one.
    func mayReset(at now: Timestamp) -> Bool { way == .reset && now - at <= Self.resetWindow }

    /// Whether somebody without a password may choose the first one. Not by a teacher's link: whoever made it could
    /// have opened it, and the account would be theirs for good.
    func mayChooseFirst(at now: Timestamp) -> Bool {
        way == .invitation && now - at <= Self.firstPasswordWindow || mayReset(at: now)
    }
}
