import TestSupport
import Testing

@testable import SessionHub

extension AttendanceSegment {
    static func make(
        _ joined: Int64, _ left: Int64?, seen: Int64? = nil, source: AttendanceSource = .channel, isHeld: Bool = false
    ) -> AttendanceSegment {
        AttendanceSegment(
            user: 10, joinedAt: Timestamp(milliseconds: joined), lastSeenAt: Timestamp(milliseconds: seen ?? joined),
            leftAt: left.map(Timestamp.init(milliseconds:)), source: source, isHeld: isHeld
        )
    }
}

@Suite("Attendance sum")
struct AttendanceSumTests {
    private func sum(
        _ segments: [AttendanceSegment], start: Int64? = 0, end: Int64? = nil, now: Int64 = 7_200_000
    ) -> AttendanceSum {
        AttendanceSum(
            of: segments, start: start.map(Timestamp.init(milliseconds:)), end: end.map(Timestamp.init(milliseconds:)),
            now: Timestamp(milliseconds: now)
        )
    }

    @Test func `two devices at once count once`() {
        #expect(sum([.make(0, 600_000), .make(300_000, 900_000, source: .rest)]).seconds == 900)
        #expect(sum([.make(0, 900_000), .make(300_000, 600_000)]).seconds == 900)
    }

    @Test func `seed defect 5: an earlier interval stays in the sum`() {
        #expect(sum([.make(0, 600_000), .make(1_200_000, 1_800_000)]).minutes == 20)
    }

    @Test func `seed defect 7: minutes are cut once from the total, not per interval`() {
        let pieces = (0..<4).map { AttendanceSegment.make($0 * 100_000, $0 * 100_000 + 45_000) }
        #expect(sum(pieces).seconds == 180)
        #expect(sum(pieces).minutes == 3)
    }

    @Test func `time outside the class does not count`() {
        #expect(sum([.make(-600_000, 9_000_000)], start: 0, end: 7_200_000, now: 9_000_000).seconds == 7200)
        #expect(sum([.make(-600_000, -1)], start: 0, end: 7_200_000).milliseconds == 0)
        #expect(sum([.make(7_200_000, 8_000_000)], start: 0, end: 7_200_000, now: 9_000_000).milliseconds == 0)
    }

    @Test func `an open segment counts up to now, a held one up to its last heartbeat`() {
        #expect(sum([.make(0, nil)], now: 90_500).milliseconds == 90_500)
        #expect(sum([.make(0, nil, seen: 45_000, isHeld: true)], now: 90_500).milliseconds == 45_000)
    }

    @Test func `before the start nobody has attended`() {
        #expect(sum([.make(0, 600_000)], start: nil) == AttendanceSum(milliseconds: 0))
    }

    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func `it is the size of the set of all moments`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let start = Int64.random(in: -20...40, using: &random)
        let end = Bool.random(using: &random) ? Int64.random(in: start...140, using: &random) : nil
        let now = Int64.random(in: (end ?? start)...160, using: &random)
        let segments = (0..<Int.random(in: 0...7, using: &random)).map { _ in
            let joined = Int64.random(in: -30...150, using: &random)
            let isOpen = Int.random(in: 0..<4, using: &random) == 0
            let isHeld = isOpen && Bool.random(using: &random)
            return AttendanceSegment.make(
                joined, isOpen ? nil : Int64.random(in: joined...170, using: &random),
                seen: joined + Int64.random(in: 0...20, using: &random), isHeld: isHeld
            )
        }
        var moments: Set<Int64> = []
        for segment in segments {
            let until = segment.end(now: Timestamp(milliseconds: now)).milliseconds
            var moment = segment.joinedAt.milliseconds
            while moment < until {
                if moment >= start, moment < end ?? now { moments.insert(moment) }
                moment += 1
            }
        }
        #expect(sum(segments, start: start, end: end, now: now).milliseconds == Int64(moments.count))
    }
}
