/// The newest frame of each state, which one loop keeps for its readers. A reader only knows the version up to which it
/// was shown them, however many kinds there are.
struct EphemeralFrames<Frame> {
    private struct Entry {
        let version: Int
        /// The version of the frame of this kind before; 0 when this one is the first.
        let previous: Int
        let kind: Int
        let frame: Frame
        /// For readers who were not shown the one before; nil when that makes no difference.
        let afterGap: Frame?
    }

    /// The version of the newest frame.
    private(set) var version = 0
    /// The frames in the order of their versions, one of each kind.
    private var entries: [Entry] = []

    mutating func show(_ frame: Frame, afterGap: Frame? = nil, of kind: Int) {
        version += 1
        let previous = entries.first { $0.kind == kind }?.version ?? 0
        entries.removeAll { $0.kind == kind }
        entries.append(
            Entry(version: version, previous: previous, kind: kind, frame: frame, afterGap: afterGap))
    }

    /// The frames after a version, the oldest first, as they are for whoever was shown everything up to it.
    func after(_ version: Int) -> some Sequence<(version: Int, kind: Int, frame: Frame)> {
        entries.lazy.filter { $0.version > version }.map { entry in
            let isGapless = version >= entry.previous
            return (entry.version, entry.kind, isGapless ? entry.frame : entry.afterGap ?? entry.frame)
        }
    }
}
