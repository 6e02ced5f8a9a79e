/// The states of one class, one of each type that was registered (`ChannelAPI.state`). Belongs to the session's home
/// loop.
final class EphemeralStates {
    private let cells: [EphemeralCell]

    init(_ cells: [EphemeralCell]) { self.cells = cells }

    func change<State: EphemeralState, Value>(
        _ type: State.Type, _ body: (inout State) throws(HubError) -> Value
    ) throws(HubError) -> Value {
        try body(&cell(of: type).state)
    }

    /// Makes a change that cannot be refused.
    func change<State: EphemeralState>(_ type: State.Type, _ body: (inout State) -> Void) {
        body(&cell(of: type).state)
    }

    private func cell<State: EphemeralState>(of type: State.Type) -> EphemeralCellOf<State> {
        for cell in cells {
            if let cell = cell as? EphemeralCellOf<State> { return cell }
        }
        preconditionFailure("\(type) was not registered")
    }

    var needsTick: Bool { cells.contains { $0.needsTick } }

    func left(_ user: Int64, now: Timestamp) {
        for cell in cells { cell.left(user, now: now) }
    }

    /// The frames of the states that have changed, each with the index of its kind.
    func changedFrames(now: Timestamp) -> [(kind: Int, frame: EphemeralFrame)] {
        cells.enumerated().compactMap { kind, cell in
            cell.changedFrame(now: now).map { (kind, $0) }
        }
    }
}

/// Holds a state of any kind, so that it is changed in place.
class EphemeralCell {
    var needsTick: Bool { false }
    func left(_ user: Int64, now: Timestamp) {}
    func changedFrame(now: Timestamp) -> EphemeralFrame? { nil }
}

final class EphemeralCellOf<State: EphemeralState>: EphemeralCell {
    var state = State()

    override var needsTick: Bool { state.needsTick }
    override func left(_ user: Int64, now: Timestamp) { state.left(user, now: now) }
    override func changedFrame(now: Timestamp) -> EphemeralFrame? { state.changedFrame(now: now) }
}
