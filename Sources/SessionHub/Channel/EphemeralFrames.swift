/// The newest frame of each state, which one loop keeps for its readers. A reader only knows the version up to which it
/// was shown them, however many kinds there are.
struct EphemeralFrames<Frame> {
    /// The version of the newest frame.
    private(set) var version = 0
    /// The frames in the order of their versions, one of each kind.
    private var frames: [(version: Int, kind: Int, frame: Frame)] = []

    mutating func show(_ frame: Frame, of kind: Int) {
        version += 1
        frames.removeAll { $0.kind == kind }
        frames.append((version, kind, frame))
    }

    /// The frames after a version, the oldest first.
    func after(_ version: Int) -> some Sequence<(version: Int, kind: Int, frame: Frame)> {
        frames.lazy.filter { $0.version > version }
    }
}
