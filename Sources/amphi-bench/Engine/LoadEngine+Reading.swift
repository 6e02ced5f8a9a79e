/// Clients that read slowly or not at all.
extension LoadEngine {
    /// How often a slow client reads.
    private static let slowReadsPerSecond = 4

    /// From now on these clients read so. None of their deliveries is timed any more.
    func setReading(_ reading: ClientConnection.Reading, of group: Range<Int>) {
        let now = MonotonicClock.now
        for connection in connections[group] {
            connection.read(reading)
            if case .slow = reading { slowReads.add(connection, at: now) }
            // As a page that wakes up: the hub may have gone without a word getting through.
            if reading == .full, connection.phase == .joined { ask("ping", from: connection) { _, _ in } }
            // The engine looks at what is wanted when it flushes.
            markForFlush(connection)
        }
    }

    /// Clients whose connection broke during this read again as soon as they are told to.
    func readSlowly(at now: UInt64) {
        while let connection = slowReads.takeDue(at: now) {
            guard case .slow(let bytesPerSecond) = connection.reading else { continue }
            slowReads.add(connection, at: now + MonotonicClock.second / UInt64(Self.slowReadsPerSecond))
            if connection.phase == .joined {
                receive(connection, atMost: max(bytesPerSecond / Self.slowReadsPerSecond, 1))
            }
        }
    }
}
