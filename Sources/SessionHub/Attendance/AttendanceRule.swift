import StrictJSON

/// What a person's attendance of a class comes to, by the record or by a correction.
enum AttendanceStatus: String, Sendable, CaseIterable {
    /// The class has not begun, and the person does not wait in it.
    case expected
    case here
    /// Came late: in a live class, and is here.
    case late
    /// Was in the live class, and is there no more.
    case left
    case absent
    case present
    case leftEarly = "left_early"
    /// What only a correction says.
    case excused
}

/// When somebody counts as late and as present: the thresholds of a course. Exactly on a threshold is in time, and
/// present.
struct AttendanceRule: Sendable, Equatable {
    var lateAfterMinutes: Int64 = 10
    /// A part of the class's real length.
    var presentPercent: Int64 = 75

    static let minutes: ClosedRange<Int64> = 0...240
    static let percents: ClosedRange<Int64> = 1...100

    /// What the record says of somebody.
    ///
    /// - Parameters:
    ///   - start: the actual start.
    ///   - first: when the person first attended; nil when they never have.
    ///   - percent: the whole percent of the class that they attended.
    func status(
        in status: ClassStatus, start: Timestamp?, first: Timestamp?, percent: Int64, isSeated: Bool
    ) -> AttendanceStatus {
        guard status == .live || status == .ended else { return isSeated ? .here : .expected }
        guard let start, let first else { return .absent }
        let isLate = first - start > lateAfterMinutes * 60_000
        if status == .live { return !isSeated ? .left : isLate ? .late : .here }
        return isLate ? .late : percent >= presentPercent ? .present : .leftEarly
    }

    /// As JSON has them, by the names of their columns.
    var members: JSONObject {
        ["late_after_minutes": .integer(lateAfterMinutes), "present_percent": .integer(presentPercent)]
    }
}
