import Synchronization

/// One bound for the bytes of all request bodies that are in memory: those that are still coming and those whose handler runs.
///
/// It is split, so that nobody can use up what others need: a quarter for people whom the hub does not know, a quarter for the
/// small bodies of those it knows, half for their large ones. Bytes are counted as they come and not as they were announced:
/// an announcement costs its sender nothing.
final class BodyBudget: Sendable {
    enum Kind {
        /// Of somebody unknown; at most `BodyBudget.small` bytes each.
        case stranger
        /// At most `BodyBudget.small` bytes.
        case small
        case large
    }

    /// What is called small, and the most that is taken from somebody unknown.
    static let small = 64 * 1024

    /// The part of one body. It gives back what it holds when nobody holds it any more.
    final class Part: Sendable {
        private let budget: BodyBudget
        private let kind: Kind
        private let held = Mutex(0)

        fileprivate init(_ budget: BodyBudget, _ kind: Kind) {
            self.budget = budget
            self.kind = kind
        }

        deinit { budget.give(held.withLock(\.self), kind) }

        /// False, and nothing changed, when there is no room for so many bytes. It never becomes smaller.
        func grow(to bytes: Int) -> Bool {
            held.withLock { held in
                guard bytes > held else { return true }
                guard budget.take(bytes - held, kind) else { return false }
                held = bytes
                return true
            }
        }
    }

    private let bytes: Int
    private let used = Mutex<[Kind: Int]>([:])

    init(bytes: Int) { self.bytes = bytes }

    func part(_ kind: Kind) -> Part { Part(self, kind) }

    /// Bytes that are held now.
    var total: Int { used.withLock { $0.values.reduce(0, +) } }

    private func take(_ count: Int, _ kind: Kind) -> Bool {
        let most = kind == .large ? bytes / 2 : bytes / 4
        return used.withLock { used in
            guard used[kind, default: 0] + count <= most else { return false }
            used[kind, default: 0] += count
            return true
        }
    }

    private func give(_ count: Int, _ kind: Kind) { used.withLock { $0[kind, default: 0] -= count } }
}
