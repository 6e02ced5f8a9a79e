import ArgumentParser

/// What is posted, and how fast.
struct LoadOptions: ParsableArguments {
    @Option(help: "Posts a second in all, 0 = none. (default: 50 without --in-flight)")
    var rate: Double?

    @Option(help: "Instead of --rate: keep so many posts in flight in each session.")
    var inFlight: Int?

    @Option(help: "Seconds of posting.")
    var duration = 10.0

    @Option(help: "Length of the texts; the marker at their beginning takes about 30 bytes.")
    var textBytes = 128

    @Option(help: "Seconds to wait at the end until everybody has everything.")
    var drain = 30.0

    func validate() throws {
        guard rate == nil || inFlight == nil else { throw ValidationError("either --rate or --in-flight") }
        guard rate.map({ $0 >= 0 }) ?? true, inFlight.map({ $0 > 0 }) ?? true else {
            throw ValidationError("--in-flight must be positive, --rate not negative")
        }
        guard duration > 0, drain >= 0, (1...4000).contains(textBytes) else {
            throw ValidationError("--duration must be positive, --text-bytes 1 to 4000")
        }
    }

    func pace(until completion: Pace.Completion) -> Pace {
        if let inFlight { return .inFlight(inFlight, until: completion) }
        let rate = rate ?? 50
        return rate > 0 ? .rate(rate) : .idle
    }
}

extension Pace.Completion: ExpressibleByArgument {}
