import StrictJSON

/// The server's resident memory, once a second, with the phases in which it was read.
actor MemoryWatch {
    private let processes: [Int32]
    private var phases: [(name: String, bytes: [Int])] = []

    init(_ processes: [Int32]) { self.processes = processes }

    /// Reads until the task is cancelled, which is no error.
    func run() async throws {
        while !Task.isCancelled {
            try read()
            try? await Task.sleep(for: .seconds(1))
        }
    }

    func begin(_ phase: String) throws {
        phases.append((phase, []))
        try read()
    }

    func report(to report: inout FigureReport) {
        guard !processes.isEmpty else { return }
        for (name, bytes) in phases {
            let (first, last) = (bytes.first ?? 0, bytes.last ?? 0)
            let text = [first, bytes.max() ?? 0, last].map(Figures.megabytes)
            report.add(
                "resident_bytes_\(name)", "server memory, \(name)", .array(bytes.map { .integer(Int64($0)) }),
                "\(text[0]) at its begin, at most \(text[1]), \(text[2]) at its end")
        }
    }

    private func read() throws {
        guard !processes.isEmpty, !phases.isEmpty else { return }
        phases[phases.count - 1].bytes.append(try ProcessUsage.sum(of: processes).residentBytes)
    }
}
