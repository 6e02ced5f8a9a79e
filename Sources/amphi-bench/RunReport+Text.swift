/// The report for people: one figure a line.
extension RunReport {
    var text: String {
        var lines = [("clients", "\(tally.joined) in \(plan.size.sessions) sessions")]
        lines += joinLines
        lines += plan.pace == .idle ? idleLines : loadLines
        if let server {
            lines.append(("server memory", memoryLine(server)))
            lines.append(("server memory per connection", "\(Self.figure(server.bytesPerConnection)) bytes"))
        }
        let presence = tally.ephemeral.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        if !presence.isEmpty {
            let frames = presence.joined(separator: ", ")
            lines.append(("frames beside the order", "\(frames); \(tally.ephemeralBytes) bytes"))
        }
        for (code, count) in tally.byes.sorted(by: { $0.key < $1.key }) { lines.append(("bye \(code)", "\(count)")) }
        lines.append(("result", isClean ? "clean: \(promise)" : "NOT CLEAN: \(faultList)"))
        let width = lines.map(\.0.count).max() ?? 0
        let table = lines.map { $0.0 + String(repeating: " ", count: width + 2 - $0.0.count) + $0.1 }
        return (table + tally.faults.examples.map { "  " + $0 }).joined(separator: "\n")
    }

    private var promise: String {
        plan.pace == .idle ? "everybody stayed" : "every event came to every client once and in order"
    }

    private var faultList: String {
        HistoryFaults.Kind.allCases.filter { tally.faults[$0] != 0 }
            .map { "\(tally.faults[$0]) \($0.rawValue)" }.joined(separator: ", ")
    }

    private var joinLines: [(String, String)] {
        let rate = Self.figure(Self.ratio(Double(tally.joined), joinSeconds))
        var lines = [("joins", "\(Self.figure(joinSeconds)) s, \(rate)/s")]
        lines.append(("join latency", Self.latency(tally.joinLatency)))
        if let server { lines.append(("joins per server CPU-second", Self.figure(server.joinsPerCPUSecond))) }
        return lines
    }

    private var idleLines: [(String, String)] {
        var lines = [("idle", "\(Self.figure(plan.seconds)) s, \(tally.pings) pings answered")]
        if let server {
            let share = Self.figure(server.loadCPUShare * 100)
            lines.append(("idle server CPU", "\(Self.figure(server.loadCPUSeconds)) s, \(share) % of a core"))
        }
        return lines
    }

    private var loadLines: [(String, String)] {
        let retries = tally.retries.sorted { $0.key < $1.key }.map { ", \($0.value) x \($0.key)" }.joined()
        let sent = "\(tally.posted) sent, \(tally.acknowledged) acknowledged, \(tally.committed) committed"
        var lines = [
            ("posts", "\(sent), \(tally.duplicates) duplicates\(retries)"),
            ("posts acknowledged per second", Self.figure(acknowledgedPerSecond)),
            ("ack latency", Self.latency(tally.ackLatency)),
        ]
        if tally.sendSlip.count > 0 { lines.append(("client's send slip", Self.latency(tally.sendSlip))) }
        lines += [
            ("deliveries", "\(tally.deliveries) in \(Self.figure(loadSeconds)) s"),
            ("deliveries per second", Self.figure(deliveriesPerSecond)),
            ("events per frame", Self.figure(eventsPerFrame)),
            ("delivery latency", Self.latency(tally.deliveryLatency)),
        ]
        if let server {
            let share = Self.figure(server.loadCPUShare * 100)
            lines += [
                ("deliveries per server CPU-second", Self.figure(server.deliveriesPerCPUSecond)),
                ("server CPU", "\(Self.figure(server.loadCPUSeconds)) s, \(share) % of a core"),
            ]
        }
        let perClientCPU = Self.figure(Self.ratio(Double(tally.deliveries), clientCPU))
        lines.append(("client CPU", "\(Self.figure(clientCPU)) s, \(perClientCPU) deliveries per CPU-second"))
        return lines
    }

    private func memoryLine(_ server: ServerFigures) -> String {
        func megabytes(_ bytes: Int) -> String { Self.figure(Double(bytes) / 1_048_576) }
        let before = "\(megabytes(server.residentBytesBefore)) MB before"
        let joined = "\(megabytes(server.residentBytesSettled)) MB joined"
        return "\(before), \(joined), \(megabytes(server.residentBytesAfter)) MB at the end"
    }

    private static func latency(_ histogram: LatencyHistogram) -> String {
        func milliseconds(_ nanoseconds: UInt64) -> String { figure(Double(nanoseconds) / 1e6) }
        return "p50 \(milliseconds(histogram.quantile(0.5))) ms, p99 \(milliseconds(histogram.quantile(0.99))) ms, "
            + "p99.9 \(milliseconds(histogram.quantile(0.999))) ms, max \(milliseconds(histogram.maximum)) ms"
    }

    /// Whole numbers from 100 up, three digits below.
    static func figure(_ value: Double) -> String {
        let magnitude = abs(value)
        guard magnitude < 100 else { return "\(Int(value.rounded()))" }
        let scale = magnitude < 1 ? 1000.0 : magnitude < 10 ? 100.0 : 10.0
        return "\((value * scale).rounded() / scale)"
    }
}
