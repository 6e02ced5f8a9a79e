/// CPU seconds of everything in a run.
struct ClusterUsage: Sendable {
    var hubs = 0.0
    var postgres = 0.0
    /// Of the load generator itself.
    var bench = 0.0

    func since(_ other: ClusterUsage) -> ClusterUsage {
        ClusterUsage(hubs: hubs - other.hubs, postgres: postgres - other.postgres, bench: bench - other.bench)
    }
}

/// What came of one run of `cluster`, or of several.
struct ClusterOutcome {
    var faultText: String
    var standby: ScratchPostgres.Standby
    var beganAt: UInt64 = 0
    var posts = 0
    var acknowledgements = 0
    var duplicates = 0
    var refusedPosts = 0
    var moves = 0
    var events = 0
    var reconnects = 0
    var freshStarts = 0
    /// Posts that were lost with the end of the journal and came back.
    var returned = 0
    var retries = 0
    var ended = 0
    var failedStarts = 0
    var orphans = LatencyHistogram()
    var resumedOrphans = 0
    var latencies = ClassLatencies()
    var postsPerSecond = 0.0
    var usage = ClusterUsage()
    var faults = HistoryFaults()

    mutating func collect(_ engine: CrashEngine, _ driver: ClusterDriver.Figures) {
        faults.merge(engine.faults)
        acknowledgements = engine.figures.acknowledgements
        duplicates = engine.figures.duplicates
        refusedPosts = engine.figures.refusedPosts
        moves = engine.figures.answeredMoves
        retries = engine.figures.retries
        returned = engine.histories?.reduce(0) { $0 + $1.returned } ?? 0
        (ended, failedStarts) = (driver.ended, driver.failedStarts)
        for orphan in engine.figures.orphans {
            orphans.record(orphan.pause)
            if orphan.isResumed { resumedOrphans += 1 }
        }
        for client in engine.clients {
            posts += client.intents.count
            reconnects += max(client.welcomes - 1, 0)
            freshStarts += client.freshStarts
        }
    }

    mutating func merge(_ other: ClusterOutcome) {
        posts += other.posts
        acknowledgements += other.acknowledgements
        duplicates += other.duplicates
        refusedPosts += other.refusedPosts
        moves += other.moves
        events += other.events
        reconnects += other.reconnects
        freshStarts += other.freshStarts
        returned += other.returned
        retries += other.retries
        ended += other.ended
        failedStarts += other.failedStarts
        orphans.merge(other.orphans)
        resumedOrphans += other.resumedOrphans
        latencies.answers.merge(other.latencies.answers)
        latencies.sameNode.merge(other.latencies.sameNode)
        latencies.otherNode.merge(other.latencies.otherNode)
        faults.merge(other.faults)
    }
}

extension ClusterOutcome {
    var text: String {
        let count = HistoryFaults.Kind.allCases.reduce(0) { $0 + faults[$1] }
        return "\(posts) posts, \(acknowledgements) acknowledgements (\(duplicates) marked duplicate), "
            + "\(refusedPosts) refused by a rule, \(moves) votes, hands and acts, \(events) events, "
            + "\(reconnects) reconnects (\(freshStarts) not resumed), \(returned) lost and posted again, \(retries) refused for a while, "
            + "\(ended) hubs ended by themselves, \(failedStarts) starts without a database, \(count) faults"
    }

    /// How long things took, a line for each.
    var latencyLines: [String] {
        var lines = [("acknowledgement", latencies.answers), ("delivery on the same hub", latencies.sameNode)]
        lines.append(("delivery on another hub", latencies.otherNode))
        var text = lines.filter { $0.1.count > 0 }.map { "\($0.0): \(Figures.text($0.1))" }
        if orphans.count > 0 {
            let share = Double(resumedOrphans) / Double(orphans.count) * 100
            text.append(
                "back from a killed hub: \(orphans.count) clients, \(Figures.text(share)) % resumed, "
                    + Figures.text(orphans))
        }
        return text
    }

    var usageLine: String {
        "\(Figures.text(postsPerSecond)) posts/s; CPU seconds: hubs \(Figures.text(usage.hubs)), "
            + "PostgreSQL \(Figures.text(usage.postgres)), this tool \(Figures.text(usage.bench))"
    }
}
