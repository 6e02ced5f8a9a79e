import Testing

@testable import WebSocketServer

@Suite struct TimerWheelTests {
    @Test(
        arguments: [
            // (due ticks, advance to, what fires)
            ([1, 2, 3], 2, [1, 2]),
            ([3, 1, 2], 3, [1, 2, 3]),
            ([5, 5, 5], 5, [5, 5, 5]),
            ([8], 7, []),
            ([0], 1, [0]),
            ([1, 9, 17], 1, [1]),
            ([1, 9, 17], 9, [1, 9]),
            ([17, 9, 1], 100, [1, 9, 17]),
        ] as [([UInt64], UInt64, [UInt64])])
    func `what is due fires in order of time, on a wheel of eight slots`(
        due: [UInt64], now: UInt64, fired: [UInt64]
    ) {
        var wheel = TimerWheel<UInt64>(slotCount: 8)
        for tick in due { _ = wheel.insert(tick, at: tick) }
        #expect(wheel.advance(to: now) == fired)
        #expect(wheel.count == due.count - fired.count)
    }

    @Test func `timers of one tick fire in the order in which they were set`() {
        var wheel = TimerWheel<String>(slotCount: 8)
        for name in ["a", "b", "c"] { _ = wheel.insert(name, at: 3) }
        #expect(wheel.advance(to: 3) == ["a", "b", "c"])
    }

    @Test func `a removed timer does not fire, and its handle stays harmless when its place is used again`() {
        var wheel = TimerWheel<String>(slotCount: 8)
        let first = wheel.insert("first", at: 2)
        let second = wheel.insert("second", at: 2)
        #expect(wheel.remove(first) == "first")
        let third = wheel.insert("third", at: 2)
        #expect(wheel.remove(first) == nil)
        #expect(wheel.remove(second) == "second")
        #expect(wheel.advance(to: 2) == ["third"])
        #expect(wheel.remove(third) == nil)
        #expect(wheel.isEmpty)
    }

    @Test func `an empty wheel jumps in time without visiting a slot`() {
        var wheel = TimerWheel<String>(slotCount: 8)
        wheel.skip(to: 1_000_000)
        _ = wheel.insert("late", at: 5)
        #expect(wheel.advance(to: 1_000_000) == [])
        #expect(wheel.advance(to: 1_000_001) == ["late"])
    }

    @Test func `it agrees with a sorted list over random operations`() {
        var generator = Seeded(state: 7)
        var wheel = TimerWheel<Int>(slotCount: 16)
        var model: [(id: Int, due: UInt64, handle: TimerWheel<Int>.Handle)] = []
        var now: UInt64 = 0
        for id in 0..<5_000 {
            switch generator.next() % 4 {
            case 0, 1:
                let due = now + generator.next() % 50
                model.append((id, max(due, now + 1), wheel.insert(id, at: due)))
            case 2 where !model.isEmpty:
                let victim = model.remove(at: Int(generator.next() % UInt64(model.count)))
                #expect(wheel.remove(victim.handle) == victim.id)
            default:
                now += generator.next() % 20
                let due = model.filter { $0.due <= now }.sorted { ($0.due, $0.id) < ($1.due, $1.id) }.map(\.id)
                model.removeAll { $0.due <= now }
                #expect(wheel.advance(to: now) == due)
            }
            #expect(wheel.count == model.count)
        }
    }
}

/// A reproducible generator (xorshift).
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
