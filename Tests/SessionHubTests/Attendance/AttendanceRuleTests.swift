import Testing

@testable import SessionHub

@Suite("Attendance rule")
struct AttendanceRuleTests {
    private static let minute: Int64 = 60_000

    private static func status(
        _ status: ClassStatus, first: Int64?, percent: Int64 = 100, isSeated: Bool = false,
        rule: AttendanceRule = AttendanceRule()
    ) -> AttendanceStatus {
        rule.status(
            in: status, start: status == .scheduled ? nil : Timestamp(milliseconds: 0),
            first: first.map(Timestamp.init(milliseconds:)), percent: percent, isSeated: isSeated
        )
    }

    @Test(
        arguments: [
            (ClassStatus.scheduled, nil, true, AttendanceStatus.here), (.scheduled, nil, false, .expected),
            (.cancelled, nil, false, .expected), (.live, nil, false, .absent), (.live, 0, true, .here),
            (.live, 10 * minute, true, .here), (.live, 10 * minute + 1, true, .late), (.live, 0, false, .left),
            (.live, 10 * minute + 1, false, .left), (.ended, nil, false, .absent),
            (.ended, 10 * minute, false, .present),
            (.ended, 10 * minute + 1, false, .late),
        ] as [(ClassStatus, Int64?, Bool, AttendanceStatus)])
    func `who came, and when, says the status`(
        status: ClassStatus, first: Int64?, isSeated: Bool, expected: AttendanceStatus
    ) {
        #expect(Self.status(status, first: first, isSeated: isSeated) == expected)
    }

    @Test func `exactly on a threshold is in time, and present`() {
        #expect(Self.status(.ended, first: 0, percent: 75) == .present)
        #expect(Self.status(.ended, first: 0, percent: 74) == .leftEarly)
        #expect(Self.status(.ended, first: 10 * Self.minute + 1, percent: 1) == .late)
        let strict = AttendanceRule(lateAfterMinutes: 0, presentPercent: 100)
        #expect(Self.status(.ended, first: 0, percent: 100, rule: strict) == .present)
        #expect(Self.status(.ended, first: 0, percent: 99, rule: strict) == .leftEarly)
        #expect(Self.status(.ended, first: 1, percent: 100, rule: strict) == .late)
        let mild = AttendanceRule(lateAfterMinutes: 240, presentPercent: 1)
        #expect(Self.status(.ended, first: 240 * Self.minute, percent: 1, rule: mild) == .present)
        #expect(Self.status(.ended, first: 240 * Self.minute, percent: 0, rule: mild) == .leftEarly)
    }

    @Test(
        arguments: [
            (75_000, 100_000, 75), (74_999, 100_000, 74), (0, 100_000, 0), (100_000, 100_000, 100), (2, 3, 66),
            (1, 0, 100),
            (200_000, 100_000, 100),
        ] as [(Int64, Int64, Int64)])
    func `percents are whole ones, rounded down, of what the class lasted`(
        attended: Int64, length: Int64, percent: Int64
    ) {
        #expect(AttendanceSum(milliseconds: attended).percent(of: length) == percent)
    }
}
