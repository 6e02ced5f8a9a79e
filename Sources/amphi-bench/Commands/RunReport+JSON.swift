import StrictJSON

/// The report for programs. Names carry their units; what does not apply to the run is absent.
extension RunReport {
    var json: JSON {
        var report = JSONObject([
            ("clean", .bool(isClean)), ("configuration", configuration), ("join", join),
        ])
        if plan.pace == .idle {
            report["idle"] = ["seconds": .number(plan.seconds), "server_pings": .integer(Int64(tally.pings))]
        } else {
            report["posts"] = posts
            report["deliveries"] = deliveries
        }
        report["ephemeral"] = [
            "frames": Figures.counts(tally.ephemeral.map { ($0.key, $0.value) }),
            "bytes": .integer(Int64(tally.ephemeralBytes)),
        ]
        report["byes"] = Figures.counts(tally.byes.map { ("\($0.key)", $0.value) })
        if let server { report["server"] = server.json(isIdle: plan.pace == .idle) }
        report["client"] = ["load_cpu_seconds": .number(clientCPU)]
        report["faults"] = Figures.counts(HistoryFaults.Kind.allCases.map { ($0.rawValue, tally.faults[$0]) })
        report["examples"] = .array(tally.faults.examples.map { .string($0) })
        return .object(report)
    }

    private var configuration: JSON {
        var object = JSONObject([
            ("clients", .integer(Int64(plan.size.clients))), ("sessions", .integer(Int64(plan.size.sessions))),
            ("senders_per_session", .integer(Int64(plan.size.sendersPerSession))),
            ("duration_seconds", .number(plan.seconds)), ("text_bytes", .integer(Int64(plan.textBytes))),
            ("threads", .integer(Int64(plan.threads))), ("prefilled_posts", .integer(Int64(plan.prefill))),
        ])
        switch plan.pace {
        case .idle: object["pace"] = "idle"
        case .rate(let rate):
            object["pace"] = "rate"
            object["posts_per_second"] = .number(rate)
        case .inFlight(let depth, let completion):
            object["pace"] = "in_flight"
            object["in_flight_per_session"] = .integer(Int64(depth))
            object["until"] = .string(completion.rawValue)
        }
        return .object(object)
    }

    private var join: JSON {
        [
            "clients": .integer(Int64(tally.joined)), "seconds": .number(joinSeconds),
            "per_second": .number(Self.ratio(Double(tally.joined), joinSeconds)),
            "latency_ms": Figures.latency(tally.joinLatency),
        ]
    }

    private var posts: JSON {
        [
            "sent": .integer(Int64(tally.posted)), "acknowledged": .integer(Int64(tally.acknowledged)),
            "committed": .integer(Int64(tally.committed)), "duplicates": .integer(Int64(tally.duplicates)),
            "retries": Figures.counts(tally.retries.map { ($0.key, $0.value) }),
            "acknowledged_per_second": .number(acknowledgedPerSecond),
            "ack_latency_ms": Figures.latency(tally.ackLatency),
            "send_slip_ms": Figures.latency(tally.sendSlip),
        ]
    }

    private var deliveries: JSON {
        [
            "count": .integer(Int64(tally.deliveries)), "seconds": .number(loadSeconds),
            "per_second": .number(deliveriesPerSecond), "events_per_frame": .number(eventsPerFrame),
            "latency_ms": Figures.latency(tally.deliveryLatency),
            "received_bytes": .integer(Int64(tally.receivedBytes)),
        ]
    }
}

extension RunReport.ServerFigures {
    fileprivate func json(isIdle: Bool) -> JSON {
        var object = JSONObject([
            ("join_cpu_seconds", .number(joinCPUSeconds)), ("joins_per_cpu_second", .number(joinsPerCPUSecond)),
            ("load_cpu_seconds", .number(loadCPUSeconds)), ("load_cpu_share_of_a_core", .number(loadCPUShare)),
            ("resident_bytes_before", .integer(Int64(residentBytesBefore))),
            ("resident_bytes_joined", .integer(Int64(residentBytesSettled))),
            ("resident_bytes_after", .integer(Int64(residentBytesAfter))),
            ("bytes_per_connection", .number(bytesPerConnection)),
        ])
        if !isIdle {
            object["deliveries_per_cpu_second"] = .number(deliveriesPerCPUSecond)
            object["posts_per_cpu_second"] = .number(postsPerCPUSecond)
            object["cpu_microseconds_per_post"] = .number(microsecondsPerPost)
        }
        return .object(object)
    }
}
