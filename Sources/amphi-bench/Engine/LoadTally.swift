/// What one engine has counted. All times are monotonic nanoseconds.
struct LoadTally: Sendable {
    var joined = 0
    /// Reasons for which a client did not get its welcome.
    var joinFailures: [String: Int] = [:]
    var joinLatency = LatencyHistogram()
    var joinBegan: UInt64 = .max
    var joinEnded: UInt64 = 0

    var posted = 0
    var acknowledged = 0
    var duplicates = 0
    /// Answers that asked for a retry, by code.
    var retries: [String: Int] = [:]
    var ackLatency = LatencyHistogram()
    /// How much later than planned a post of a fixed rate went out: the client's own fault.
    var sendSlip = LatencyHistogram()
    var firstPostAt: UInt64 = .max
    var lastAckAt: UInt64 = 0

    /// One event at one client.
    var deliveries = 0
    /// Bytes of the longest welcome.
    var longestWelcome = 0
    var eventFrames = 0
    var deliveryLatency = LatencyHistogram()
    var lastDeliveryAt: UInt64 = 0
    var receivedBytes = 0
    var pings = 0
    /// Frames outside the order, by name.
    var ephemeral: [String: Int] = [:]
    var ephemeralBytes = 0
    var byes: [Int64: Int] = [:]
    /// Ends of connections that the benchmark did not want, where clients come back, by reason.
    var losses: [String: Int] = [:]
    /// When clients tried to come back, and when they had their welcome.
    var returnAttempts: [UInt64] = []
    var returned: [UInt64] = []
    var resumed = 0
    /// People whom presence diffs named as come or gone, summed over all clients.
    var presenceChanges = 0
    /// The lowest number of people that a presence frame or the welcome of a return told.
    var fewestPresent = Int64.max
    var presence = FrameFigures()
    /// Frames with counts of votes.
    var votes = FrameFigures()
    /// Posts that stand in the sessions, counted in the events.
    var committed = 0

    var faults = HistoryFaults()

    /// Begins to count anew; joins and faults stay.
    mutating func startAnew() {
        var tally = LoadTally()
        tally.joined = joined
        tally.joinLatency = joinLatency
        tally.joinBegan = joinBegan
        tally.joinEnded = joinEnded
        tally.faults = faults
        self = tally
    }

    mutating func sawPresent(_ count: Int64) { fewestPresent = min(fewestPresent, count) }

    mutating func merge(_ other: LoadTally) {
        joined += other.joined
        joinFailures.merge(other.joinFailures, uniquingKeysWith: +)
        joinLatency.merge(other.joinLatency)
        joinBegan = min(joinBegan, other.joinBegan)
        joinEnded = max(joinEnded, other.joinEnded)
        posted += other.posted
        acknowledged += other.acknowledged
        duplicates += other.duplicates
        retries.merge(other.retries, uniquingKeysWith: +)
        ackLatency.merge(other.ackLatency)
        sendSlip.merge(other.sendSlip)
        firstPostAt = min(firstPostAt, other.firstPostAt)
        lastAckAt = max(lastAckAt, other.lastAckAt)
        deliveries += other.deliveries
        longestWelcome = max(longestWelcome, other.longestWelcome)
        eventFrames += other.eventFrames
        deliveryLatency.merge(other.deliveryLatency)
        lastDeliveryAt = max(lastDeliveryAt, other.lastDeliveryAt)
        receivedBytes += other.receivedBytes
        pings += other.pings
        ephemeral.merge(other.ephemeral, uniquingKeysWith: +)
        ephemeralBytes += other.ephemeralBytes
        byes.merge(other.byes, uniquingKeysWith: +)
        losses.merge(other.losses, uniquingKeysWith: +)
        returnAttempts += other.returnAttempts
        returned += other.returned
        resumed += other.resumed
        presenceChanges += other.presenceChanges
        fewestPresent = min(fewestPresent, other.fewestPresent)
        presence.merge(other.presence)
        votes.merge(other.votes)
        committed += other.committed
        faults.merge(other.faults)
    }
}
