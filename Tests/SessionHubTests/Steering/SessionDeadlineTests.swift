import Testing

@testable import SessionHub

@Suite("The end that comes by itself: rules")
struct SessionDeadlineTests {
    /// Minutes; a class from 0 to 60, started at 0.
    private static func at(_ minutes: Int64) -> Timestamp { Timestamp(milliseconds: minutes * 60_000) }

    private static func deadline(
        start: Int64 = 0, reopened: Int64? = nil, ending: Int64? = nil, hostSeen: Int64? = nil, isHostHere: Bool = false
    ) -> SessionDeadline {
        SessionDeadline(
            scheduledEnd: at(60), actualStart: at(start), reopenedAt: reopened.map(at), endingAt: ending.map(at),
            hostSeenAt: hostSeen.map(at), isHostPresent: isHostHere
        )
    }

    @Test(
        arguments: [
            // Nobody announced anything: half an hour after the last sign of a host, five minutes before.
            (deadline(), 84, nil), (deadline(), 85, .announce(at(90))), (deadline(hostSeen: 50), 85, .announce(at(90))),
            (deadline(hostSeen: 70), 94, nil), (deadline(hostSeen: 70), 95, .announce(at(100))),
            (deadline(start: 100), 124, nil), (deadline(start: 100), 125, .announce(at(130))),
            (deadline(reopened: 110), 135, .announce(at(140))),
            // Noticed late, after a restart: five minutes from then on.
            (deadline(), 300, .announce(at(305))),
            // While a host is there, only after twelve hours.
            (deadline(hostSeen: 500, isHostHere: true), 714, nil),
            (deadline(hostSeen: 500, isHostHere: true), 715, .announce(at(720))),
            (deadline(hostSeen: 710), 714, nil), (deadline(hostSeen: 710), 715, .announce(at(720))),
            // Announced: ends then, unless it is postponed.
            (deadline(ending: 90), 89, nil), (deadline(ending: 90), 90, .end), (deadline(ending: 305), 305, .end),
            (deadline(ending: 90, hostSeen: 87, isHostHere: true), 88, .cancel),
            (deadline(ending: 90, hostSeen: 87), 90, .cancel), (deadline(ending: 720, isHostHere: true), 720, .end),
        ] as [(SessionDeadline, Int64, SessionDeadline.Action?)]
    )
    func `what is to be done, and when`(deadline: SessionDeadline, now: Int64, action: SessionDeadline.Action?) {
        #expect(deadline.action(now: Self.at(now), windows: ClassWindows()) == action)
    }

    // Found from outside, no. 9: the wall and the class's own clock are read one after the other.
    @Test(
        arguments: [(-1, nil), (0, nil), (1, nil), (999, nil), (1001, .cancel)] as [(Int64, SessionDeadline.Action?)])
    func `an announced end stays announced when the clocks disagree by a moment`(
        milliseconds: Int64, action: SessionDeadline.Action?
    ) {
        let start = Self.at(0)
        let windows = ClassWindows()
        let deadline = SessionDeadline(
            scheduledEnd: start, actualStart: start + milliseconds, endingAt: start + windows.autoEnd)
        #expect(deadline.action(now: start + windows.autoEnd - 1, windows: windows) == action)
    }

    @Test func `switched off, only the twelve hours are left`() {
        var windows = ClassWindows()
        windows.autoEnd = 0
        #expect(Self.deadline().action(now: Self.at(700), windows: windows) == nil)
        #expect(Self.deadline().action(now: Self.at(715), windows: windows) == .announce(Self.at(720)))
    }

    @Test(
        arguments: [
            ([], 0), ([("channel", 5, 5, 20, false), ("channel", 10, 10, 40, false)], 40),
            ([("channel", 5, 30, nil, true)], 30), ([("channel", 5, 30, nil, false)], 100),
            ([("rest", 5, 5, nil, false)], 60), ([("rest", 70, 70, nil, false)], 70),
        ] as [([(String, Int64, Int64, Int64?, Bool)], Int64)]
    )
    func `it ended with the last presence of anybody`(
        segments: [(String, Int64, Int64, Int64?, Bool)], end: Int64
    ) throws {
        let rows = try segments.map { source, joined, seen, left, isHeld in
            AttendanceSegment(
                user: 1, joinedAt: Self.at(joined), lastSeenAt: Self.at(seen), leftAt: left.map(Self.at),
                source: try #require(AttendanceSource(rawValue: source)), isHeld: isHeld
            )
        }
        #expect(
            SessionDeadline.end(of: rows, actualStart: Self.at(0), scheduledEnd: Self.at(60), now: Self.at(100))
                == Self.at(end)
        )
    }

    @Test(
        arguments: [
            (.ended, 0, 15, nil), (.ended, 0, 16, .sessionOver), (.ended, nil, 1, .sessionOver),
            (.live, nil, 1, .alreadyLive), (.scheduled, nil, 1, .notLive), (.cancelled, nil, 1, .sessionCancelled),
        ] as [(LiveSession.Status, Int64?, Int64, ErrorCode?)]
    )
    func `a class is reopened until a quarter of an hour after its end`(
        status: LiveSession.Status, ended: Int64?, now: Int64, refusal: ErrorCode?
    ) {
        let error = Result { () throws(HubError) in
            try SessionLifecycle.reopen(
                status, endedAt: ended.map(Self.at), now: Self.at(now), windows: ClassWindows())
        }
        switch error {
        case .success: #expect(refusal == nil)
        case .failure(let error): #expect(error.code == refusal)
        }
    }
}
