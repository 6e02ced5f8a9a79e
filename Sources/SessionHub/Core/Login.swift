/// A sign-in at this hub, as the tokens that it minted carry it. A token of the platform has none.
struct Login: Sendable, Equatable {
    /// For how many milliseconds tokens of one sign-in may follow each other: a day of classes.
    static let longest: Int64 = 12 * 3_600_000
    /// How long after a one-use link for a new password was opened its holder may set one.
    static let resetWindow: Int64 = 15 * 60_000
    /// How long somebody who came in by a link of an administrator and has no password may choose one: during the first
    /// visit.
    static let firstPasswordWindow: Int64 = 3_600_000

    /// `link` is a teacher's link, `invitation` one of an administrator or of the command line, `guest` that of a guest
    /// of one class.
    enum Way: String, Sendable, CaseIterable {
        case password, link, invitation, reset, guest
    }

    let way: Way
    let at: Timestamp

    /// From this moment on no token of this sign-in is good.
    var end: Timestamp { at + Self.longest }

    /// Whether a new password may be set without the old one.
    func mayReset(at now: Timestamp) -> Bool { way == .reset && now - at <= Self.resetWindow }

    /// Whether somebody without a password may choose the first one. A teacher's link does not allow it: the teacher
    /// who made it could have opened it and would have the account for good.
    func mayChooseFirst(at now: Timestamp) -> Bool {
        way == .invitation && now - at <= Self.firstPasswordWindow || mayReset(at: now)
    }
}
