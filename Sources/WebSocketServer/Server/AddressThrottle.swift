/// A token bucket per source address: whether a new connection from it may come in now.
struct AddressThrottle {
    /// Per second and address; the bucket holds one second's worth. 0 = no limit.
    let rate: Int
    /// When the next token of an address is due; what is past needs no entry.
    private var due: [AddressKey: Duration] = [:]
    private var lastSweep: Duration = .zero

    init(rate: Int) { self.rate = rate }

    /// Takes a token and answers nil; without one, how long until there is one. `now` counts from any fixed moment and
    /// never goes back.
    mutating func take(for address: AddressKey, at now: Duration) -> Duration? {
        guard rate > 0 else { return nil }
        sweep(now)
        let interval = Duration.seconds(1) / rate
        let earliest = now - (Duration.seconds(1) - interval)
        let next = max(due[address] ?? earliest, earliest)
        guard next <= now else { return next - now }
        due[address] = next + interval
        return nil
    }

    var trackedAddresses: Int { due.count }

    private mutating func sweep(_ now: Duration) {
        guard now - lastSweep >= .seconds(10) else { return }
        lastSweep = now
        due = due.filter { $0.value > now - .seconds(1) }
    }
}
