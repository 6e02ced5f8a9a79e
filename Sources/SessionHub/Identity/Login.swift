/// A sign-in at this hub, as the tokens that it minted carry it. A token of the platform has none.
package struct Login: Sendable, Equatable {
    /// Tokens of one sign-in may follow each other for so long (milliseconds): a day of classes.
    package static let longest: Int64 = 12 * 3_600_000
    /// A one-use link for a new password lets its holder set one for so long after it was opened.
    package static let resetWindow: Int64 = 15 * 60_000

    package enum Way: String, Sendable, CaseIterable {
        case password, link, reset
    }

    package let way: Way
    package let at: Timestamp

    package init(way: Way, at: Timestamp) {
        self.way = way
        self.at = at
    }

    /// No token of this sign-in is good from here on.
    package var end: Timestamp { at + Self.longest }

    /// Whether a new password may be set without the old one.
    package func mayReset(at now: Timestamp) -> Bool { way == .reset && now - at <= Self.resetWindow }
}
