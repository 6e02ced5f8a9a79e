extension CrashEngine {
    /// How the people of a run behave; pauses are milliseconds, between which each is drawn.
    struct Tempo: Sendable {
        /// Between two posts of one person.
        var posts: ClosedRange<UInt64>
        /// Between two other moves of a member, and of a host; nil for none.
        var moves: (member: ClosedRange<UInt64>, host: ClosedRange<UInt64>)?
        /// How long a connection lasts before its client cuts it; nil for never.
        var cuts: ClosedRange<UInt64>?
        /// Before a client connects again.
        var returns: ClosedRange<UInt64>
        /// So many posts of one person are under way at once.
        var mostPending = 2
        var textBytes = 48
        /// Nanoseconds. Whoever was away for longer may have lost the place, and with it the hand.
        var longestAbsence: UInt64
        /// Whether people who see that their posts are gone, or do not see them, post them again, as pages do.
        var repostsLost = false

        /// One hub, killed again and again: people are as restless as they can be. Its grace is 10 s.
        static let crash = Tempo(
            posts: 10...160, moves: (200...800, 100...400), cuts: 5...1500, returns: 10...150,
            longestAbsence: 5 * MonotonicClock.second)
    }
}
