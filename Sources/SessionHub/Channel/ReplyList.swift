/// Replies that wait for a blocked connection: few and small, because a client that does not read gets no more of them.
struct ReplyList {
    private var frames: [[UInt8]] = []
    private var byteCount = 0

    var isEmpty: Bool { frames.isEmpty }

    /// Takes a frame, or returns false when the list is full.
    mutating func add(_ frame: [UInt8]) -> Bool {
        guard frames.count < 256, byteCount + frame.count <= 512 * 1024 else { return false }
        frames.append(frame)
        byteCount += frame.count
        return true
    }

    mutating func next() -> [UInt8]? {
        guard !frames.isEmpty else { return nil }
        let frame = frames.removeFirst()
        byteCount -= frame.count
        return frame
    }
}
