import Testing

@testable import WebSocketServer

@Suite struct AddressThrottleTests {
    private let a = AddressKey("192.0.2.1")
    private let b = AddressKey("192.0.2.2")

    @Test func `a burst passes, then one per interval, and asking takes nothing`() {
        var throttle = AddressThrottle(rate: 4)
        let delays = (0..<6).map { _ in throttle.take(for: a, at: .seconds(100)) }
        #expect(delays == [nil, nil, nil, nil, .milliseconds(250), .milliseconds(250)])
        #expect(throttle.take(for: a, at: .milliseconds(100_250)) == nil)
        #expect(throttle.take(for: a, at: .milliseconds(100_250)) == .milliseconds(250))
    }

    @Test func `addresses do not share a bucket`() {
        var throttle = AddressThrottle(rate: 1)
        #expect(throttle.take(for: a, at: .seconds(5)) == nil)
        #expect(throttle.take(for: a, at: .seconds(5)) == .seconds(1))
        #expect(throttle.take(for: b, at: .seconds(5)) == nil)
    }

    @Test func `time refills the bucket, to one second's worth`() {
        var throttle = AddressThrottle(rate: 2)
        _ = (0..<2).map { _ in throttle.take(for: a, at: .seconds(1)) }
        let delays = (0..<3).map { _ in throttle.take(for: a, at: .seconds(60)) }
        #expect(delays == [nil, nil, .milliseconds(500)])
    }

    @Test func `a rate of zero never delays and remembers nothing`() {
        var throttle = AddressThrottle(rate: 0)
        #expect((0..<100).allSatisfy { _ in throttle.take(for: a, at: .zero) == nil })
        #expect(throttle.trackedAddresses == 0)
    }

    @Test func `addresses that are quiet are forgotten`() {
        var throttle = AddressThrottle(rate: 10)
        for number in 0..<100 { _ = throttle.take(for: AddressKey("10.0.0.\(number)"), at: .seconds(1)) }
        _ = throttle.take(for: a, at: .seconds(30))
        #expect(throttle.trackedAddresses == 1)
    }
}
