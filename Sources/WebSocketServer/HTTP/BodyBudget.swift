import Synchronization

/// One bound for the bytes of all request bodies that are in memory: those that are still coming and those whose
/// handler runs. Another one is for large answers, until they are read.
///
/// It is split, so that nobody can use up what others need: a quarter for people whom the hub does not know, a quarter
/// for the small bodies of those it knows, half for their large ones. Bytes are counted as they come and not as they
/// were announced: an announcement costs its sender nothing. In each part whoever sends has a bound as well, a
/// sixteenth of the part: one token, or one address without any, does not fill it alone.
final class BodyBudget: Sendable {
    /// Who answers for a body.
    enum Holder: Hashable {
        /// Whom the head check has recognized, by its name for them.
        case known(String)
        case address(AddressKey)
    }

    /// What was said to somebody who wanted more.
    enum Answer { case taken, holderIsFull, partIsFull }

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
        private let holder: Holder?
        private let largest: Int
        private let held = Mutex(0)

        fileprivate init(_ budget: BodyBudget, _ kind: Kind, _ holder: Holder?, _ largest: Int) {
            self.budget = budget
            self.kind = kind
            self.holder = holder
            self.largest = largest
        }

        deinit { budget.give(held.withLock(\.self), kind, holder) }

        /// False, and nothing changed, when there is no room for so many bytes. It never becomes smaller.
        func grow(to bytes: Int) -> Bool {
            held.withLock { held in
                guard bytes > held else { return true }
                guard budget.take(bytes - held, kind, holder, largest) == .taken else { return false }
                held = bytes
                return true
            }
        }
    }

    /// What is held of one kind.
    private struct Use {
        var bytes = 0
        var byHolder: [Holder: Int] = [:]
        /// It was full and is not half empty yet.
        var isFull = false
    }

    private let bytes: Int
    private let whenFull: @Sendable (Kind) -> Void
    private let used = Mutex<[Kind: Use]>([:])

    /// - Parameter whenFull: told of each time that a part becomes full, once until it is half empty again.
    init(bytes: Int, whenFull: @escaping @Sendable (Kind) -> Void = { _ in }) {
        self.bytes = bytes
        self.whenFull = whenFull
    }

    /// - Parameters:
    ///   - holder: whose bound it counts in; nil when nobody can tell.
    ///   - largest: what one body of its route may have, which its holder's bound always lets in.
    func part(_ kind: Kind, of holder: Holder? = nil, largest: Int = BodyBudget.small) -> Part {
        Part(self, kind, holder, largest)
    }

    /// Bytes that are held now.
    var total: Int { used.withLock { $0.values.reduce(0) { $0 + $1.bytes } } }

    private func take(_ count: Int, _ kind: Kind, _ holder: Holder?, _ largest: Int) -> Answer {
        let most = kind == .large ? bytes / 2 : bytes / 4
        let (answer, isNews) = used.withLock { used -> (Answer, Bool) in
            var use = used[kind, default: Use()]
            defer { used[kind] = use }
            guard use.bytes + count <= most else {
                defer { use.isFull = true }
                return (.partIsFull, !use.isFull)
            }
            if let holder {
                let held = use.byHolder[holder, default: 0] + count
                guard held <= max(most / 16, largest) else { return (.holderIsFull, false) }
                use.byHolder[holder] = held
            }
            use.bytes += count
            return (.taken, false)
        }
        if isNews { whenFull(kind) }
        return answer
    }

    private func give(_ count: Int, _ kind: Kind, _ holder: Holder?) {
        guard count > 0 else { return }
        let most = kind == .large ? bytes / 2 : bytes / 4
        used.withLock { used in
            var use = used[kind, default: Use()]
            use.bytes -= count
            if use.bytes <= most / 2 { use.isFull = false }
            if let holder {
                let held = use.byHolder[holder, default: 0] - count
                use.byHolder[holder] = held > 0 ? held : nil
            }
            used[kind] = use
        }
    }
}
