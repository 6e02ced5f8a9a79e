/// Names one kind of state where it was registered (`ChannelAPI.state`).
struct EphemeralKey<State: EphemeralState>: Sendable {
    let index: Int
}

/// The states of one class, one of each kind. Belongs to the session's home loop.
final class EphemeralStates {
    private let cells: [EphemeralCell]

    init(_ cells: [EphemeralCell]) { self.cells = cells }

    func change<State, Value>(
        _ key: EphemeralKey<State>, _ body: (inout State) throws(HubError) -> Value
    ) throws(HubError) -> Value {
        try body(&cell(key).state)
    }

    /// Makes a change that cannot be refused.
    func change<State>(_ key: EphemeralKey<State>, _ body: (inout State) -> Void) {
        body(&cell(key).state)
    }

    private func cell<State>(_ key: EphemeralKey<State>) -> EphemeralCellOf<State> {
        guard let cell = cells[key.index] as? EphemeralCellOf<State> else {
            preconditionFailure("the key comes from another ChannelAPI")
        }
        return cell
    }

    var needsTick: Bool { cells.contains { $0.needsTick } }

    func left(_ user: Int64, now: Timestamp) {
        for cell in cells { cell.left(user, now: now) }
    }

    /// The frames of the states that have changed, each with the index of its kind.
    func changedFrames(now: Timestamp) -> [(kind: Int, frame: [UInt8])] {
        cells.enumerated().compactMap { kind, cell in
            cell.changedFrame(now: now).map { (kind, $0) }
        }
    }
}

/// Holds a state of any kind, so that it is changed in place.
class EphemeralCell {
    var needsTick: Bool { false }
    func left(_ user: Int64, now: Timestamp) {}
    func changedFrame(now: Timestamp) -> [UInt8]? { nil }
}

final class EphemeralCellOf<State: EphemeralState>: EphemeralCell {
    var state = State()

    override var needsTick: Bool { state.needsTick }
    override func left(_ user: Int64, now: Timestamp) { state.left(user, now: now) }
    override func changedFrame(now: Timestamp) -> [UInt8]? { state.changedFrame(now: now) }
}
