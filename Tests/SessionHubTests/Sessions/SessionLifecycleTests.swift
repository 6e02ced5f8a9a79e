import StrictJSON
import Testing

@testable import SessionHub

extension LiveSession {
    /// Scheduled from 10:00 to 12:00 (0 ... 7,200,000 ms).
    static func make(
        _ status: Status = .scheduled, start: Timestamp? = nil, end: Timestamp? = nil
    ) -> LiveSession {
        LiveSession(
            id: 1, courseID: 1,
            details: SessionDetails(title: "Waves", scheduledEnd: Timestamp(milliseconds: 7_200_000), instructorID: 1),
            actualStart: start, actualEnd: end, roomName: "room", serverURL: "https://meet.example.org",
            roomPassword: "secret", status: status
        )
    }
}

@Suite("Session lifecycle")
struct SessionLifecycleTests {
    private let windows = ClassWindows()
    private let end = Timestamp(milliseconds: 7_200_000)

    private func code(_ body: () throws(HubError) -> Void) -> ErrorCode? {
        do {
            try body()
            return nil
        } catch {
            return error.code
        }
    }

    @Test(
        arguments: [
            (.scheduled, -86_400_000, nil), (.scheduled, 0, nil), (.scheduled, 7_200_000 + 3_600_000, nil),
            (.scheduled, 7_200_000 + 3_600_001, .sessionOver), (.live, 0, .alreadyLive), (.ended, 0, .sessionOver),
            (.cancelled, 0, .sessionCancelled),
        ] as [(LiveSession.Status, Int64, ErrorCode?)]
    )
    func `seed defect 12: only a scheduled class starts, until an hour after its scheduled end`(
        status: LiveSession.Status, now: Int64, refusal: ErrorCode?
    ) {
        let found = code { () throws(HubError) in
            try SessionLifecycle.start(
                status, now: Timestamp(milliseconds: now), scheduledEnd: end, windows: windows
            )
        }
        #expect(found == refusal)
    }

    @Test(
        arguments: [
            (.scheduled, .notLive, nil, nil), (.live, nil, .alreadyLive, .alreadyLive),
            (.ended, .sessionOver, .sessionOver, nil), (.cancelled, .sessionCancelled, .sessionCancelled, nil),
        ] as [(LiveSession.Status, ErrorCode?, ErrorCode?, ErrorCode?)]
    )
    func `seed defect 13: what ends, what is cancelled, what is deleted`(
        status: LiveSession.Status, end: ErrorCode?, cancel: ErrorCode?, delete: ErrorCode?
    ) {
        #expect(code { () throws(HubError) in try SessionLifecycle.end(status) } == end)
        #expect(code { () throws(HubError) in try SessionLifecycle.cancel(status) } == cancel)
        #expect(code { () throws(HubError) in try SessionLifecycle.delete(status) } == delete)
    }

    @Test(
        arguments: [
            (.live, false, 0, nil), (.ended, true, 0, .sessionOver), (.cancelled, true, 0, .sessionCancelled),
            (.scheduled, false, 0, .sessionNotStarted), (.scheduled, true, -600_000, nil),
            (.scheduled, true, -600_001, .sessionNotStarted), (.scheduled, true, 10_800_000, nil),
            (.scheduled, true, 10_800_001, .sessionOver), (.scheduled, false, 10_800_001, .sessionOver),
        ] as [(LiveSession.Status, Bool, Int64, ErrorCode?)]
    )
    func `seed defect 11: a class is joined while live, by hosts from the join window on`(
        status: LiveSession.Status, isHost: Bool, now: Int64, refusal: ErrorCode?
    ) {
        let found = code { () throws(HubError) in
            try SessionLifecycle.join(
                .make(status), isHost: isHost, now: Timestamp(milliseconds: now), windows: windows
            )
        }
        #expect(found == refusal)
    }

    @Test(
        arguments: [
            (.scheduled, true, -86_400_000, nil), (.scheduled, false, -600_001, .notOpen),
            (.scheduled, false, -600_000, nil), (.scheduled, false, 10_800_000, nil),
            (.scheduled, false, 10_800_001, .sessionOver), (.scheduled, true, 10_800_001, nil),
            (.live, false, 86_400_000, nil), (.cancelled, true, 0, .sessionCancelled),
            // Ended at 7,000,000: open for the aftertalk of 900,000.
            (.ended, false, 7_899_999, nil), (.ended, false, 7_900_000, .sessionOver),
            (.ended, true, 7_900_000, .sessionOver),
        ] as [(LiveSession.Status, Bool, Int64, ErrorCode?)]
    )
    func `the channel is open from the join window to the end of the aftertalk`(
        status: LiveSession.Status, isHost: Bool, now: Int64, refusal: ErrorCode?
    ) {
        let session = LiveSession.make(status, end: status == .ended ? Timestamp(milliseconds: 7_000_000) : nil)
        let found = code { () throws(HubError) in
            try SessionLifecycle.channelOpening(
                for: session, isHost: isHost, now: Timestamp(milliseconds: now), windows: windows
            )
        }
        #expect(found == refusal)
    }

    @Test func `who comes too early is told when to come back`() {
        #expect(
            throws: HubError(.notOpen, retryAfter: 900_000, details: ["starts_at": "1970-01-01T00:00:00Z"])
        ) {
            try SessionLifecycle.channelOpening(
                for: .make(), isHost: false, now: Timestamp(milliseconds: -1_500_000), windows: windows
            )
        }
    }

    @Test(
        arguments: [
            (.scheduled, "scheduled_start_at", nil), (.scheduled, "recording_url", nil),
            (.live, "title", nil), (.live, "scheduled_end_at", nil), (.live, "scheduled_start_at", .alreadyLive),
            (.live, "recording_url", .alreadyLive), (.ended, "recording_url", nil), (.ended, "description", nil),
            (.ended, "max_participants", .sessionOver), (.cancelled, "title", .sessionCancelled),
        ] as [(LiveSession.Status, String, ErrorCode?)]
    )
    func `each state keeps its own fields fixed`(
        status: LiveSession.Status, field: String, refusal: ErrorCode?
    ) throws {
        let changed = try #require(SessionDetails.Field(rawValue: field))
        let found = code { () throws(HubError) in
            try SessionLifecycle.update(status, changed: [changed], to: LiveSession.make(status).details)
        }
        #expect(found == refusal)
    }

    @Test func `seed defect 23: a class is upcoming until it can no longer start, and while it is live`() {
        func isUpcoming(_ status: LiveSession.Status, _ now: Int64) -> Bool {
            SessionLifecycle.isUpcoming(.make(status), now: Timestamp(milliseconds: now), windows: windows)
        }
        #expect(isUpcoming(.scheduled, 10_800_000))
        #expect(!isUpcoming(.scheduled, 10_800_001))
        #expect(isUpcoming(.live, 99_999_999))
        #expect(!isUpcoming(.ended, 0))
        #expect(!isUpcoming(.cancelled, 0))
    }

    @Test func `seed defect 19: a channel token outlives a class that overruns`() {
        let late = Timestamp(milliseconds: 9_000_000)
        let expiry = SessionLifecycle.channelTokenExpiry(for: .make(.live), now: late, windows: windows)
        #expect(expiry - late == 6 * 3_600_000 + windows.aftertalk)
    }
}
