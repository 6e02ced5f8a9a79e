import Testing

@testable import WebSocketServer

@Suite struct WaitingLineTests {
    private let a = AddressKey("192.0.2.1")
    private let b = AddressKey("192.0.2.2")

    /// Everybody who is called until nobody waits, and how long they waited.
    private func run(_ line: inout WaitingLine, from start: Duration) -> [UInt64: Duration] {
        var (now, called) = (start, [UInt64: Duration]())
        while !line.isEmpty {
            for name in line.called(at: now) { called[name] = now - start }
            now += WaitingLine.tick
        }
        return called
    }

    @Test func `a burst comes in, the others in their order at the rate`() {
        var line = WaitingLine(rate: 5)
        let entered = (0..<10).map { line.arrived($0, from: a, at: .seconds(50)) }
        #expect(entered == [true, true, true, true, true, false, false, false, false, false])
        #expect(line.called(at: .seconds(50)) == [])
        let called = run(&line, from: .seconds(50))
        #expect(called.keys.sorted() == [5, 6, 7, 8, 9])
        for name in UInt64(5)..<10 {
            let due = Duration.milliseconds(200 * (Int64(name) - 4))
            #expect(called[name] == due, "\(name)")
        }
    }

    @Test func `addresses do not wait for each other, and a newcomer not before those of its line`() {
        var line = WaitingLine(rate: 1)
        let first = [(1, a), (2, a), (3, b)].map { line.arrived($0, from: $1, at: .seconds(9)) }
        #expect(first == [true, false, true])
        // A token is there again, but 2 has waited longer.
        let late = line.arrived(4, from: a, at: .seconds(10))
        #expect(!late)
        #expect(line.called(at: .milliseconds(10_050)) == [2])
        #expect(line.called(at: .milliseconds(11_100)) == [4])
        #expect(line.isEmpty)
    }

    // Found from outside, no. A4
    @Test func `those who leave cost the others nothing`() {
        var line = WaitingLine(rate: 100)
        for name in UInt64(0)..<2000 { _ = line.arrived(name, from: a, at: .seconds(5)) }
        #expect(line.count == 1900)
        for name in UInt64(100)..<2000 { line.left(name) }
        #expect(line.isEmpty)
        // Somebody who comes now waits for one turn, not for the 1,900.
        let isAtOnce = line.arrived(3000, from: a, at: .seconds(5))
        #expect(!isAtOnce)
        #expect(line.called(at: .milliseconds(5050)) == [3000])
    }

    // Found from outside, no. A4
    @Test func `whoever leaves from the middle is passed over, and harmless when named again`() {
        var line = WaitingLine(rate: 1)
        for name in UInt64(0)..<500 { _ = line.arrived(name, from: a, at: .seconds(5)) }
        for name in UInt64(1)..<499 where name != 250 { line.left(name) }
        line.left(7)
        line.left(9999)
        #expect(line.count == 2)
        let called = run(&line, from: .seconds(5))
        #expect(called == [250: .seconds(1), 499: .seconds(2)])
    }

    // Found from outside, no. A4
    @Test func `trouble is told once when it begins and once with its number when it is over`() {
        var episode = Episode()
        #expect(!episode.isOpen)
        #expect(episode.ended(at: .seconds(1)) == nil)
        let begins = (1..<100).map { episode.happened(at: .seconds($0)) }
        #expect(begins == [true] + Array(repeating: false, count: 98))
        #expect(episode.ended(at: .seconds(108)) == nil)
        #expect(episode.ended(at: .seconds(109)) == 99)
        #expect(episode.ended(at: .seconds(120)) == nil)
        let beginsAgain = episode.happened(at: .seconds(130))
        #expect(beginsAgain)
        #expect(episode.ended(at: .seconds(130), isLast: true) == 1)
    }

    @Test func `names leave an order from both ends and the middle`() {
        var order = ArrivalOrder<Int>()
        for name in 1...5 { order.append(name) }
        order.remove(3)
        order.append(1)
        order.remove(9)
        #expect((0..<5).map { _ in order.takeFirst() } == [2, 4, 5, 1, nil])
    }
}
