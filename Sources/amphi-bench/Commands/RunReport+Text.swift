/// The report for people: one figure a line.
extension RunReport {
    var lines: [(String, String)] {
        var lines = [("clients", "\(tally.joined) in \(plan.size.sessions) sessions")]
        lines += joinLines
        lines += plan.pace == .idle ? idleLines : loadLines
        if let server {
            lines.append(("server memory", memoryLine(server)))
            lines.append(("server memory per connection", "\(Figures.text(server.bytesPerConnection)) bytes"))
        }
        let presence = tally.ephemeral.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        if !presence.isEmpty {
            let frames = presence.joined(separator: ", ")
            lines.append(("frames beside the order", "\(frames); \(tally.ephemeralBytes) bytes"))
        }
        for (code, count) in tally.byes.sorted(by: { $0.key < $1.key }) { lines.append(("bye \(code)", "\(count)")) }
        lines.append(
            verdict(plan.pace == .idle ? "everybody stayed" : "every event came to every client once and in order"))
        return lines
    }

    private var joinLines: [(String, String)] {
        let rate = Figures.text(Self.ratio(Double(tally.joined), joinSeconds))
        var lines = [("joins", "\(Figures.text(joinSeconds)) s, \(rate)/s")]
        lines.append(("join latency", Figures.text(tally.joinLatency)))
        if let server { lines.append(("joins per server CPU-second", Figures.text(server.joinsPerCPUSecond))) }
        return lines
    }

    private var idleLines: [(String, String)] {
        var lines = [("idle", "\(Figures.text(plan.seconds)) s, \(tally.pings) pings answered")]
        if let server {
            let share = Figures.text(server.loadCPUShare * 100)
            lines.append(("idle server CPU", "\(Figures.text(server.loadCPUSeconds)) s, \(share) % of a core"))
        }
        return lines
    }

    private var loadLines: [(String, String)] {
        var lines =
            tally.acknowledged > 0 ? answerLines : [("texts", "\(tally.posted) sent, \(tally.committed) relayed")]
        if tally.sendSlip.count > 0 { lines.append(("client's send slip", Figures.text(tally.sendSlip))) }
        lines += [
            ("deliveries", "\(tally.deliveries) in \(Figures.text(loadSeconds)) s"),
            ("deliveries per second", Figures.text(deliveriesPerSecond)),
            ("events per frame", Figures.text(eventsPerFrame)),
            ("delivery latency", Figures.text(tally.deliveryLatency)),
        ]
        if let server {
            let share = Figures.text(server.loadCPUShare * 100)
            lines += [
                ("deliveries per server CPU-second", Figures.text(server.deliveriesPerCPUSecond)),
                ("server CPU per post", "\(Figures.text(server.microsecondsPerPost)) us"),
                ("server CPU", "\(Figures.text(server.loadCPUSeconds)) s, \(share) % of a core"),
            ]
        }
        let perClientCPU = Figures.text(Self.ratio(Double(tally.deliveries), clientCPU))
        lines.append(("client CPU", "\(Figures.text(clientCPU)) s, \(perClientCPU) deliveries per CPU-second"))
        return lines
    }

    private var answerLines: [(String, String)] {
        let retries = tally.retries.sorted { $0.key < $1.key }.map { ", \($0.value) x \($0.key)" }.joined()
        let sent = "\(tally.posted) sent, \(tally.acknowledged) acknowledged, \(tally.committed) committed"
        return [
            ("posts", "\(sent), \(tally.duplicates) duplicates\(retries)"),
            ("posts acknowledged per second", Figures.text(acknowledgedPerSecond)),
            ("ack latency", Figures.text(tally.ackLatency)),
        ]
    }

    private func memoryLine(_ server: ServerFigures) -> String {
        let before = "\(Figures.megabytes(server.residentBytesBefore)) before"
        let joined = "\(Figures.megabytes(server.residentBytesSettled)) joined"
        return "\(before), \(joined), \(Figures.megabytes(server.residentBytesAfter)) at the end"
    }
}
