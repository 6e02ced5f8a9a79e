import Synchronization

/// How many connections each address has, those that wait for their turn included.
final class AddressCounts: Sendable {
    private let counts = Mutex<[AddressKey: Int]>([:])

    /// False, and nothing counted, when it has `limit` already. 0: no limit.
    func take(_ key: AddressKey, limit: Int) -> Bool {
        counts.withLock { counts in
            let count = counts[key, default: 0]
            guard limit == 0 || count < limit else { return false }
            counts[key] = count + 1
            return true
        }
    }

    func giveBack(_ key: AddressKey) {
        counts.withLock { counts in
            let left = counts[key, default: 1] - 1
            counts[key] = left > 0 ? left : nil
        }
    }

    var total: Int { counts.withLock { $0.values.reduce(0, +) } }
}
