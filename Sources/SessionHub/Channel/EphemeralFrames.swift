/// The newest frame of each state, as one loop has them for its readers. A reader knows only up to which version it was
/// shown them, whatever kinds there are.
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
