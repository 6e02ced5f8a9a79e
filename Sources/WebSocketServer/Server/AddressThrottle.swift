/// A token bucket per source address: how long a new connection from it has to wait.
struct AddressThrottle {
    /// Per second and address; the bucket holds one second's worth. 0 = no limit.
    let rate: Int
    /// When the next token of an address is due; what is past needs no entry.
    private var due: [String: Duration] = [:]
    private var lastSweep: Duration = .zero

    init(rate: Int) { self.rate = rate }

    /// Zero: at once. `now` counts from any fixed moment and never goes back.
    mutating func delay(for address: String, at now: Duration) -> Duration {
        guard rate > 0 else { return .zero }
        sweep(now)
        let interval = Duration.seconds(1) / rate
        let burst = Duration.seconds(1) - interval
        let next = max(due[address] ?? (now - burst), now - burst)
        due[address] = next + interval
        return max(.zero, next - now)
    }

    var trackedAddresses: Int { due.count }

    private mutating func sweep(_ now: Duration) {
        guard now - lastSweep >= .seconds(10) else { return }
        lastSweep = now
        due = due.filter { $0.value > now - .seconds(1) }
    }
}
