import Testing

@testable import WebSocketServer

@Suite struct PingPolicyTests {
    private enum Event {
        case heard
        case check(Double, acknowledged: UInt64 = 0, PingPolicy.Action)
    }

    @Test func `an answered ping is followed by the next one an interval later`() {
        expect([
            .check(0, .wait(until: .seconds(15))),
            .check(15, .ping(then: .seconds(23))),
            .heard,
            .check(23, .wait(until: .seconds(35))),
            .check(35, .ping(then: .seconds(43))),
        ])
    }

    @Test func `an answer before the deadline lets the next ping go out in time`() {
        var policy = PingPolicy(interval: .seconds(2), timeout: .seconds(8), firstPing: .seconds(1))
        #expect(policy.check(at: .seconds(1), acknowledged: 0) == .ping(then: .seconds(3)))
        policy.heard()
        #expect(policy.check(at: .seconds(3), acknowledged: 0) == .ping(then: .seconds(5)))
        #expect(policy.check(at: .seconds(5), acknowledged: 0) == .wait(until: .seconds(11)))
        #expect(policy.check(at: .seconds(11), acknowledged: 0) == .dead)
    }

    @Test func `silence after a ping is death`() {
        expect([
            .check(15, .ping(then: .seconds(23))),
            .check(22.9, .wait(until: .seconds(23))),
            .check(23, .dead),
        ])
    }

    @Test func `progress of what the peer reads counts as life`() {
        expect([
            .check(15, acknowledged: 1000, .ping(then: .seconds(23))),
            .check(23, acknowledged: 90_000, .wait(until: .seconds(35))),
            .check(35, acknowledged: 90_000, .ping(then: .seconds(43))),
            .check(43, acknowledged: 90_000, .dead),
        ])
    }

    @Test func `the acknowledgement of the ping alone does not count`() {
        expect([
            .check(15, acknowledged: 1000, .ping(then: .seconds(23))),
            .check(23, acknowledged: 1002, .dead),
        ])
    }

    private func expect(_ events: [Event], sourceLocation: SourceLocation = #_sourceLocation) {
        var policy = PingPolicy(interval: .seconds(20), timeout: .seconds(8), firstPing: .seconds(15))
        for event in events {
            switch event {
            case .heard: policy.heard()
            case .check(let seconds, let acknowledged, let action):
                #expect(
                    policy.check(at: .seconds(seconds), acknowledged: acknowledged) == action,
                    sourceLocation: sourceLocation)
            }
        }
    }
}
