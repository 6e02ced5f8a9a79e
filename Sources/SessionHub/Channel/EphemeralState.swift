/// What a class shows for a while and nobody stores, such as who is typing. Pure: time and people come from the caller.
///
/// It lives on the session's home loop. What it shows goes to everybody as a frame of its own, when it has changed; somebody
/// who reads too slowly gets only the newest one.
package protocol EphemeralState: Sendable {
    /// As it is before anything has happened.
    init()

    /// Whether it may change by time alone.
    var needsTick: Bool { get }

    /// The last connection of a person is gone.
    mutating func left(_ user: Int64, now: Timestamp)

    /// The frame that shows it, when that differs from the last one.
    mutating func changedFrame(now: Timestamp) -> [UInt8]?
}

/// Names one kind of state where it was registered (`ChannelAPI.state`).
package struct EphemeralKey<State: EphemeralState>: Sendable {
    let index: Int
}

/// The states of one class, one of each kind. Belongs to the session's home loop.
package final class EphemeralStates {
    private let cells: [EphemeralCell]

    init(_ cells: [EphemeralCell]) { self.cells = cells }

    package func change<State, Value>(
        _ key: EphemeralKey<State>, _ body: (inout State) throws(HubError) -> Value
    ) throws(HubError) -> Value {
        try body(&cell(key).state)
    }

    /// The same for what cannot be refused.
    package func change<State>(_ key: EphemeralKey<State>, _ body: (inout State) -> Void) {
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

    /// What is new to show, by the kind's place.
    func changedFrames(now: Timestamp) -> [(kind: Int, frame: [UInt8])] {
        cells.enumerated().compactMap { kind, cell in
            cell.changedFrame(now: now).map { (kind, $0) }
        }
    }
}

/// Holds a state of whatever kind, so that it is changed in its place.
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

/// The newest frame of each state, as one loop has them for its readers. A reader knows only up to which version it was shown
/// them, whatever kinds there are.
struct EphemeralFrames<Frame> {
    /// Of the newest frame.
    private(set) var version = 0
    /// Oldest first, each kind once.
    private var frames: [(version: Int, kind: Int, frame: Frame)] = []

    mutating func show(_ frame: Frame, of kind: Int) {
        version += 1
        frames.removeAll { $0.kind == kind }
        frames.append((version, kind, frame))
    }

    /// What came after a version, oldest first.
    func after(_ version: Int) -> some Sequence<(version: Int, kind: Int, frame: Frame)> {
        frames.lazy.filter { $0.version > version }
    }
}
