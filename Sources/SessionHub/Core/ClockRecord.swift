import Database
import StrictJSON

/// What a process leaves behind about its clocks, so that the next one goes on (`HubClock.resume`).
struct ClockRecord: Sendable, Equatable {
    /// Names the run of the machine in which `elapsed` was counted.
    let boot: String?
    let elapsed: Int64
    let steady: Timestamp
    /// The wall clock's time minus that of the steady clock.
    let difference: Int64
    let latest: Timestamp
    let steps: [HubClock.Step]

    var json: JSON {
        [
            "boot": .optional(boot), "elapsed": .integer(elapsed), "steady": .integer(steady.milliseconds),
            "difference": .integer(difference), "latest": .integer(latest.milliseconds),
            "steps": .array(
                steps.map {
                    [
                        "since": .optional($0.since?.milliseconds), "at": .integer($0.at.milliseconds),
                        "by": .integer($0.by),
                    ]
                }
            ),
        ]
    }

    init(
        boot: String?, elapsed: Int64, steady: Timestamp, difference: Int64, latest: Timestamp, steps: [HubClock.Step]
    ) {
        (self.boot, self.elapsed, self.steady) = (boot, elapsed, steady)
        (self.difference, self.latest, self.steps) = (difference, latest, steps)
    }

    /// Nil for what no hub has written.
    init?(_ json: JSON) {
        guard let elapsed = json["elapsed"]?.integerValue, let steady = json["steady"]?.integerValue,
            let difference = json["difference"]?.integerValue, let latest = json["latest"]?.integerValue
        else { return nil }
        let steps = (json["steps"]?.arrayValue ?? []).compactMap { step -> HubClock.Step? in
            guard let at = step["at"]?.integerValue, let by = step["by"]?.integerValue else { return nil }
            return HubClock.Step(
                since: step["since"]?.integerValue.map(Timestamp.init(milliseconds:)), at: Timestamp(milliseconds: at),
                by: by
            )
        }
        self.init(
            boot: json["boot"]?.stringValue, elapsed: elapsed, steady: Timestamp(milliseconds: steady),
            difference: difference, latest: Timestamp(milliseconds: latest), steps: steps
        )
    }
}
