/// A value that is set by commands, one after the other: what a hub must know of it after it was killed, by what it has
/// acknowledged. Times are monotonic nanoseconds. Pure.
struct Assured<Value: Equatable & Sendable>: Sendable, Equatable {
    struct Command: Sendable, Equatable {
        let value: Value
        /// Of the first attempt; each attempt after it says the same.
        let sentAt: UInt64
    }

    /// Of the last acknowledged command.
    private(set) var value: Value
    private(set) var sentAt: UInt64 = 0
    private(set) var answeredAt: UInt64 = 0
    /// Where the journal had come to; 0 without an event.
    private(set) var seq: Int64 = 0
    private(set) var pending: Command?
    private var doubtedUntil: UInt64 = 0

    init(_ value: Value) { self.value = value }

    /// What is certain; nil while a command is under way or something else may have changed it.
    var known: Value? { pending == nil && (doubtedUntil == 0 || sentAt > doubtedUntil) ? value : nil }

    /// What the last command wanted, whether it was acknowledged or not.
    var wanted: Value { pending?.value ?? value }

    mutating func send(_ value: Value, at now: UInt64) { pending = Command(value: value, sentAt: now) }

    mutating func acknowledge(at now: UInt64, seq: Int64 = 0) {
        guard let pending else { return }
        (value, sentAt, answeredAt, self.seq) = (pending.value, pending.sentAt, now, seq)
        self.pending = nil
    }

    /// Nothing came of the command.
    mutating func refuse() { pending = nil }

    /// Something else may change it until then (`.max`: it is still under way). Only what is sent later is certain.
    mutating func doubt(until moment: UInt64) { doubtedUntil = moment }
}
