/// Connections that came faster than their address may open them, each address in its own line, until it is their turn.
///
/// Pure: it has no clock and no sockets. Everything is O(1) for each connection. One that leaves the line costs the
/// others nothing: a token is taken when somebody is called, not when somebody comes.
struct WaitingLine {
    private struct Line {
        /// In the order in which they came; who has left is passed over.
        var names: [UInt64] = []
        var first = 0
        var waiting = 0
        var turn: TimerWheel<AddressKey>.Handle
    }

    /// The resolution of turns.
    static let tick = Duration.milliseconds(10)

    private var throttle: AddressThrottle
    private var lines: [AddressKey: Line] = [:]
    private var addresses: [UInt64: AddressKey] = [:]
    private var turns = TimerWheel<AddressKey>()

    /// - Parameter rate: connections per second and address; 0: nobody waits.
    init(rate: Int) { throttle = AddressThrottle(rate: rate) }

    var isEmpty: Bool { addresses.isEmpty }
    var count: Int { addresses.count }

    /// True: come in at once. False: it waits under this name, which no other one has.
    mutating func arrived(_ name: UInt64, from address: AddressKey, at now: Duration) -> Bool {
        if lines[address] == nil {
            guard let delay = throttle.take(for: address, at: now) else { return true }
            if turns.isEmpty { turns.skip(to: Self.ticks(now)) }
            lines[address] = Line(turn: turns.insert(address, at: Self.ticks(roundingUp: now + delay)))
        }
        lines[address]?.names.append(name)
        lines[address]?.waiting += 1
        addresses[name] = address
        return false
    }

    /// Its peer has gone. Harmless for a name that does not wait.
    mutating func left(_ name: UInt64) {
        guard let address = addresses.removeValue(forKey: name), var line = lines.removeValue(forKey: address) else {
            return
        }
        line.waiting -= 1
        guard line.waiting > 0 else {
            turns.remove(line.turn)
            return
        }
        // Names of those who have left are thrown away when they are most of the line.
        if line.names.count - line.first > 2 * line.waiting + 64 {
            line.names = line.names[line.first...].filter { addresses[$0] != nil }
            line.first = 0
        }
        lines[address] = line
    }

    /// Whose turn it is.
    mutating func called(at now: Duration) -> [UInt64] {
        var called: [UInt64] = []
        for address in turns.advance(to: Self.ticks(now)) {
            guard var line = lines.removeValue(forKey: address) else { continue }
            while line.waiting > 0 {
                let name = line.names[line.first]
                guard addresses[name] != nil else {
                    line.first += 1
                    continue
                }
                if let delay = throttle.take(for: address, at: now) {
                    line.turn = turns.insert(address, at: Self.ticks(roundingUp: now + delay))
                    lines[address] = line
                    break
                }
                addresses[name] = nil
                line.first += 1
                line.waiting -= 1
                called.append(name)
            }
        }
        return called
    }

    private static func ticks(roundingUp time: Duration) -> UInt64 { ticks(time + tick - .nanoseconds(1)) }
    private static func ticks(_ time: Duration) -> UInt64 { UInt64(max(time, .zero) / tick) }
}
