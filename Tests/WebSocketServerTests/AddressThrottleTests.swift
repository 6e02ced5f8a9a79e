import Testing

@testable import WebSocketServer

@Suite struct AddressThrottleTests {
    @Test func `a burst passes, then one per interval`() {
        var throttle = AddressThrottle(rate: 4)
        let delays = (0..<6).map { _ in throttle.delay(for: "a", at: .seconds(100)) }
        #expect(delays == [.zero, .zero, .zero, .zero, .milliseconds(250), .milliseconds(500)])
    }

    @Test func `addresses do not share a bucket`() {
        var throttle = AddressThrottle(rate: 1)
        #expect(throttle.delay(for: "a", at: .seconds(5)) == .zero)
        #expect(throttle.delay(for: "a", at: .seconds(5)) == .seconds(1))
        #expect(throttle.delay(for: "b", at: .seconds(5)) == .zero)
    }

    @Test func `time refills the bucket, to one second's worth`() {
        var throttle = AddressThrottle(rate: 2)
        _ = (0..<2).map { _ in throttle.delay(for: "a", at: .seconds(1)) }
        let delays = (0..<3).map { _ in throttle.delay(for: "a", at: .seconds(60)) }
        #expect(delays == [.zero, .zero, .milliseconds(500)])
    }

    @Test func `a rate of zero never delays and remembers nothing`() {
        var throttle = AddressThrottle(rate: 0)
        #expect((0..<100).allSatisfy { _ in throttle.delay(for: "a", at: .zero) == .zero })
        #expect(throttle.trackedAddresses == 0)
    }

    @Test func `addresses that are quiet are forgotten`() {
        var throttle = AddressThrottle(rate: 10)
        for number in 0..<100 { _ = throttle.delay(for: "\(number)", at: .seconds(1)) }
        _ = throttle.delay(for: "new", at: .seconds(30))
        #expect(throttle.trackedAddresses == 1)
    }
}
