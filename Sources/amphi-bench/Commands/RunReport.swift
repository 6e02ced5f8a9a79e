/// The figures of one run. Times in seconds unless a name says otherwise.
struct RunReport: BenchReport, Sendable {
    let plan: BenchRun.Plan
    var tally = LoadTally()
    /// The server before anybody connected, after the last welcome, after the settling time, and at the end.
    var before: ProcessUsage?
    var joined: ProcessUsage?
    var settled: ProcessUsage?
    var after: ProcessUsage?
    var clientCPUBefore = 0.0
    var clientCPUAfter = 0.0

    init(plan: BenchRun.Plan) { self.plan = plan }

    var faults: HistoryFaults { tally.faults }

    var joinSeconds: Double { Self.seconds(from: tally.joinBegan, to: tally.joinEnded) }

    /// From the first post to the last arrival.
    var loadSeconds: Double { Self.seconds(from: tally.firstPostAt, to: max(tally.lastDeliveryAt, tally.lastAckAt)) }

    var deliveriesPerSecond: Double { Self.ratio(Double(tally.deliveries), loadSeconds) }

    var acknowledgedPerSecond: Double { Self.ratio(Double(tally.acknowledged), loadSeconds) }

    var clientCPU: Double { clientCPUAfter - clientCPUBefore }

    var eventsPerFrame: Double { Self.ratio(Double(tally.deliveries), Double(tally.eventFrames)) }

    var server: ServerFigures? {
        guard let before, let joined, let settled, let after else { return nil }
        let joinCPU = joined.cpuSeconds - before.cpuSeconds
        let loadCPU = after.cpuSeconds - settled.cpuSeconds
        return ServerFigures(
            joinCPUSeconds: joinCPU,
            joinsPerCPUSecond: Self.ratio(Double(tally.joined), joinCPU),
            loadCPUSeconds: loadCPU,
            loadCPUShare: Self.ratio(loadCPU, plan.pace == .idle ? plan.seconds : loadSeconds),
            deliveriesPerCPUSecond: Self.ratio(Double(tally.deliveries), loadCPU),
            postsPerCPUSecond: Self.ratio(Double(tally.posted), loadCPU),
            microsecondsPerPost: Self.ratio(loadCPU * 1e6, Double(tally.posted)),
            residentBytesBefore: before.residentBytes,
            residentBytesSettled: settled.residentBytes,
            residentBytesAfter: after.residentBytes,
            bytesPerConnection: Self.ratio(
                Double(settled.residentBytes - before.residentBytes), Double(tally.joined))
        )
    }

    struct ServerFigures: Sendable {
        let joinCPUSeconds: Double
        let joinsPerCPUSecond: Double
        let loadCPUSeconds: Double
        /// Of one core.
        let loadCPUShare: Double
        let deliveriesPerCPUSecond: Double
        let postsPerCPUSecond: Double
        let microsecondsPerPost: Double
        let residentBytesBefore: Int
        let residentBytesSettled: Int
        let residentBytesAfter: Int
        let bytesPerConnection: Double
    }

    static func ratio(_ dividend: Double, _ divisor: Double) -> Double { divisor > 0 ? dividend / divisor : 0 }

    private static func seconds(from start: UInt64, to end: UInt64) -> Double {
        start < end ? Double(end - start) / 1e9 : 0
    }
}
