/// How far a class has come.
enum ClassStatus: String, Sendable, CaseIterable {
    case scheduled, live, ended, cancelled

    /// The moment as the class counts: by the wall clock before its start, then as time passes. What somebody does to
    /// the machine's clock bends no interval of a class that has begun.
    ///
    /// - Parameter shift: the class's `clock_shift`.
    func time(at moment: HubClock.Moment, shift: Int64) -> Timestamp {
        self == .live || self == .ended ? moment.steady + shift : moment.wall
    }
}
