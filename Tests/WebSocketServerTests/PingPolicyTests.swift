import Testing

@testable import WebSocketServer

/// Ping every 20 s, answer within 8 s, some movement of a held reader within 150 s; unanswered pings are looked at
/// every second.
@Suite struct PingPolicyTests {
    private enum Event {
        case heard
        /// The ping was written, and the stream ends here with it.
        case sent(acknowledged: UInt64, window: UInt64 = 65_536, written: UInt64?)
        case check(Double, PingPolicy.Action)
        /// A look at TCP.
        case look(Double, TransportProgress, PingPolicy.Action)
        /// A look while this process holds bytes that the kernel did not take.
        case blocked(Double, TransportProgress, PingPolicy.Action)
    }

    private static func progress(
        _ acknowledged: UInt64, window: UInt64 = 65_536, written: UInt64?, held: Bool = false
    ) -> TransportProgress {
        TransportProgress(acknowledged: acknowledged, window: window, written: written, isHeldBack: held)
    }

    @Test func `an answered ping is followed by the next one an interval later`() {
        expect([
            .check(0, .wait(until: .seconds(15))),
            .check(15, .ping(then: .seconds(16))),
            .heard,
            .check(16, .wait(until: .seconds(35))),
            .check(35, .ping(then: .seconds(36))),
        ])
    }

    @Test func `an answer before the deadline lets the next ping go out in time`() {
        var policy = PingPolicy(interval: .seconds(2), timeout: .seconds(8), stall: .seconds(9), firstPing: .seconds(1))
        #expect(policy.check(at: .seconds(1), progress: nil) == .ping(then: .seconds(2)))
        policy.heard()
        #expect(policy.check(at: .seconds(3), progress: nil) == .ping(then: .seconds(4)))
        #expect(policy.isOwed(nil))
        #expect(policy.check(at: .seconds(5), progress: nil) == .wait(until: .seconds(6)))
        #expect(policy.check(at: .seconds(11), progress: nil) == .dead)
    }

    // Found from outside, no. 2
    @Test func `a ping that is still on its way is owed by nobody`() {
        var policy = PingPolicy(interval: .seconds(2), timeout: .seconds(8), stall: .seconds(9), firstPing: .seconds(1))
        #expect(!policy.isOwed(nil))
        #expect(policy.check(at: .seconds(1), progress: nil) == .ping(then: .seconds(2)))
        #expect(policy.isOwed(nil), "nothing is known of the transport")
        policy.sent(Self.progress(1000, written: 5000))
        #expect(!policy.isOwed(Self.progress(4999, written: 9000)))
        #expect(policy.isOwed(Self.progress(5000, written: 9000)))
        policy.heard()
        #expect(!policy.isOwed(Self.progress(9000, written: 9000)))
    }

    @Test func `silence after a ping is death where nothing is known of the transport`() {
        expect([
            .check(15, .ping(then: .seconds(16))),
            .check(22.5, .wait(until: .seconds(23))),
            .check(23, .dead),
        ])
    }

    // Found from outside, no. A2
    @Test func `what is acknowledged behind the ping is no sign of life: a proxy reads on for a client that is gone`() {
        expect([
            .check(15, .ping(then: .seconds(16))),
            .sent(acknowledged: 1000, written: 1006),
            .look(16, Self.progress(1506, written: 1506), .wait(until: .seconds(17))),
            .look(22, Self.progress(9000, written: 9000), .wait(until: .seconds(23))),
            .look(23, Self.progress(90_000, written: 90_000), .dead),
        ])
    }

    // Found from outside, no. A2
    @Test func `with others' messages always in flight the ping's own place in the stream decides`() {
        expect([
            .check(15, .ping(then: .seconds(16))),
            .sent(acknowledged: 1000, written: 1306),
            .look(16, Self.progress(1400, written: 1700), .wait(until: .seconds(17))),
            .look(20, Self.progress(3000, written: 3300), .wait(until: .seconds(21))),
            .look(23, Self.progress(4000, written: 4300), .dead),
        ])
    }

    @Test func `a machine that is gone acknowledges nothing, and is dead in time`() {
        expect([
            .check(15, .ping(then: .seconds(16))),
            .sent(acknowledged: 1000, written: 1306),
            .look(16, Self.progress(1000, written: 1606), .wait(until: .seconds(17))),
            .look(22, Self.progress(1000, written: 2606), .wait(until: .seconds(23))),
            .look(23, Self.progress(1000, written: 3606), .dead),
        ])
    }

    @Test func `on a slow line the answer is due when the bytes before the ping no longer move`() {
        expect([
            .check(15, .ping(then: .seconds(16))),
            .sent(acknowledged: 0, written: 50_000),
            .look(20, Self.progress(5000, written: 60_000), .wait(until: .seconds(21))),
            .look(27, Self.progress(12_000, written: 60_000), .wait(until: .seconds(28))),
            .look(34, Self.progress(19_000, written: 60_000), .wait(until: .seconds(35))),
            .look(41.5, Self.progress(19_000, written: 60_000), .wait(until: .seconds(42))),
            .look(42, Self.progress(19_000, written: 60_000), .dead),
        ])
    }

    @Test func `once a ping behind a backlog has arrived its answer is due`() {
        expect([
            .check(15, .ping(then: .seconds(16))),
            .sent(acknowledged: 0, written: 50_000),
            .look(22, Self.progress(30_000, written: 60_000), .wait(until: .seconds(23))),
            .look(29, Self.progress(49_000, written: 60_000), .wait(until: .seconds(30))),
            .look(30, Self.progress(51_000, written: 60_000), .wait(until: .seconds(31))),
            .look(36, Self.progress(60_000, written: 70_000), .wait(until: .seconds(37))),
            .look(37, Self.progress(60_000, written: 70_000), .dead),
        ])
    }

    // Found from outside, no. A2
    @Test func `a reader in bursts, whose kernel is full in between, is held to no answer`() {
        var events: [Event] = [
            .check(15, .ping(then: .seconds(16))), .sent(acknowledged: 60_000, window: 0, written: 90_000),
        ]
        for burst in 0..<20 {
            let acknowledged = UInt64(60_000 + burst * 65_000)
            let time = 16.0 + Double(burst) * 64
            for second in stride(from: 0.0, to: 64, by: 8) {
                let now = Self.progress(acknowledged, window: 0, written: 1_500_000, held: true)
                events.append(.look(time + second, now, .wait(until: .seconds(time + second + 1))))
            }
        }
        events.append(.heard)
        events.append(.check(1300, .ping(then: .seconds(1301))))
        expect(events)
    }

    @Test func `a held reader that takes nothing any more is dead after the stall and a last wait`() {
        let full = Self.progress(60_000, window: 0, written: 90_000, held: true)
        expect([
            .check(15, .ping(then: .seconds(16))),
            .sent(acknowledged: 60_000, window: 0, written: 90_000),
            .look(16, full, .wait(until: .seconds(17))),
            .look(164, full, .wait(until: .seconds(165))),
            .look(171.5, full, .wait(until: .seconds(172))),
            .look(172, full, .dead),
        ])
    }

    @Test func `room in the peer's buffer is movement, too`() {
        let full = Self.progress(60_000, window: 0, written: 90_000, held: true)
        let room = Self.progress(60_000, window: 4096, written: 90_000, held: true)
        expect([
            .check(15, .ping(then: .seconds(16))),
            .sent(acknowledged: 60_000, window: 0, written: 90_000),
            .look(140, full, .wait(until: .seconds(141))),
            .look(150, room, .wait(until: .seconds(151))),
            .look(290, room, .wait(until: .seconds(291))),
            .look(299, room, .wait(until: .seconds(300))),
            .look(306, room, .wait(until: .seconds(307))),
            .look(307, room, .dead),
        ])
    }

    @Test func `a ping that cannot be written yet goes out when it can`() {
        let full = Self.progress(60_000, window: 0, written: nil, held: true)
        expect([
            .blocked(15, full, .wait(until: .seconds(16))),
            .blocked(40, full, .wait(until: .seconds(41))),
            .look(41, Self.progress(90_000, written: 91_000), .ping(then: .seconds(42))),
            .sent(acknowledged: 90_000, written: 91_006),
            .look(42, Self.progress(91_006, written: 91_006), .wait(until: .seconds(43))),
            .look(48.5, Self.progress(91_006, written: 91_006), .wait(until: .seconds(49))),
            .look(49, Self.progress(91_006, written: 91_006), .dead),
        ])
    }

    @Test func `where the ping ends may become known later: behind TLS it takes a moment`() {
        expect([
            .check(15, .ping(then: .seconds(16))),
            .sent(acknowledged: 1000, written: nil),
            .look(16, Self.progress(1100, written: 1100), .wait(until: .seconds(17))),
            .look(22, Self.progress(5000, written: 5000), .wait(until: .seconds(23))),
            .look(23, Self.progress(6000, written: 6000), .dead),
        ])
    }

    private func expect(_ events: [Event], sourceLocation: SourceLocation = #_sourceLocation) {
        var policy = PingPolicy(
            interval: .seconds(20), timeout: .seconds(8), stall: .seconds(150), firstPing: .seconds(15))
        for event in events {
            let (found, wanted, name): (PingPolicy.Action, PingPolicy.Action, String)
            switch event {
            case .heard:
                policy.heard()
                continue
            case .sent(let acknowledged, let window, let written):
                policy.sent(Self.progress(acknowledged, window: window, written: written))
                continue
            case .check(let seconds, let action):
                (found, wanted, name) = (policy.check(at: .seconds(seconds), progress: nil), action, "\(seconds)")
            case .look(let seconds, let progress, let action):
                found = policy.check(at: .seconds(seconds), progress: progress)
                (wanted, name) = (action, "\(seconds)")
            case .blocked(let seconds, let progress, let action):
                found = policy.check(at: .seconds(seconds), canWrite: false, progress: progress)
                (wanted, name) = (action, "\(seconds)")
            }
            #expect(found == wanted, "at \(name) s", sourceLocation: sourceLocation)
        }
    }
}
