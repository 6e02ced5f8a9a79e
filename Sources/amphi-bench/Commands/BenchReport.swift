import StrictJSON

/// What a command reports: the same figures for people and for programs.
protocol BenchReport {
    var faults: HistoryFaults { get }
    /// A label and its figures, in the order of the run.
    var lines: [(String, String)] { get }
    var json: JSON { get }
}

extension BenchReport {
    var isClean: Bool { faults.isClean }

    var text: String {
        let width = lines.map(\.0.count).max() ?? 0
        let table = lines.map { $0.0 + String(repeating: " ", count: width + 2 - $0.0.count) + $0.1 }
        return (table + faults.examples.map { "  " + $0 }).joined(separator: "\n")
    }

    /// The last line of a report.
    func verdict(_ promise: String) -> (String, String) {
        let list = HistoryFaults.Kind.allCases.filter { faults[$0] != 0 }.map { "\(faults[$0]) \($0.rawValue)" }
        return ("result", isClean ? "clean: \(promise)" : "NOT CLEAN: \(list.joined(separator: ", "))")
    }
}

/// A report that is a list of figures; `key` names a figure in the JSON, with its unit.
struct FigureReport: BenchReport, Sendable {
    private(set) var lines: [(String, String)] = []
    private(set) var faults = HistoryFaults()
    private var object = JSONObject()

    var json: JSON {
        var object = object
        object["clean"] = .bool(isClean)
        object["faults"] = Figures.counts(HistoryFaults.Kind.allCases.map { ($0.rawValue, faults[$0]) })
        object["examples"] = .array(faults.examples.map { .string($0) })
        return .object(object)
    }

    mutating func add(_ key: String, _ label: String, _ value: JSON, _ text: String) {
        object[key] = value
        lines.append((label, text))
    }

    mutating func add(_ key: String, _ label: String, _ count: Int, _ remark: String = "") {
        add(key, label, .integer(Int64(count)), "\(count)\(remark)")
    }

    mutating func add(_ key: String, _ label: String, _ value: Double, _ unit: String) {
        add(key, label, .number(value), "\(Figures.text(value)) \(unit)")
    }

    mutating func add(_ key: String, _ label: String, _ histogram: LatencyHistogram, _ remark: String = "") {
        add(key, label, Figures.latency(histogram), Figures.text(histogram) + remark)
    }

    /// Ends the report: what was wrong, or the promise that held.
    mutating func close(_ faults: HistoryFaults, _ promise: String) {
        self.faults = faults
        lines.append(verdict(promise))
    }
}

/// How figures are written, in text and in JSON.
enum Figures {
    /// Whole numbers from 100 up, three digits below.
    static func text(_ value: Double) -> String {
        let magnitude = abs(value)
        guard magnitude < 100 else { return "\(Int(value.rounded()))" }
        let scale = magnitude < 1 ? 1000.0 : magnitude < 10 ? 100.0 : 10.0
        return "\((value * scale).rounded() / scale)"
    }

    static func text(_ histogram: LatencyHistogram) -> String {
        func milliseconds(_ nanoseconds: UInt64) -> String { text(Double(nanoseconds) / 1e6) }
        return "p50 \(milliseconds(histogram.quantile(0.5))) ms, p99 \(milliseconds(histogram.quantile(0.99))) ms, "
            + "p99.9 \(milliseconds(histogram.quantile(0.999))) ms, max \(milliseconds(histogram.maximum)) ms"
    }

    static func megabytes(_ bytes: Int) -> String { "\(text(Double(bytes) / 1_048_576)) MB" }

    static func latency(_ histogram: LatencyHistogram) -> JSON {
        func milliseconds(_ nanoseconds: Double) -> JSON { .number((nanoseconds / 1e3).rounded() / 1e3) }
        return [
            "count": .integer(Int64(histogram.count)), "mean": milliseconds(histogram.mean),
            "p50": milliseconds(Double(histogram.quantile(0.5))), "p99": milliseconds(Double(histogram.quantile(0.99))),
            "p999": milliseconds(Double(histogram.quantile(0.999))), "max": milliseconds(Double(histogram.maximum)),
        ]
    }

    static func counts(_ list: [(String, Int)]) -> JSON {
        .object(JSONObject(list.sorted { $0.0 < $1.0 }.map { ($0.0, .integer(Int64($0.1))) }))
    }
}
