import ArgumentParser
import Glibc
import StrictJSON

/// What is measured beside the clients, and where the report goes.
struct ReportOptions: ParsableArguments {
    @Option(help: "Process id of the server on this machine, for CPU and memory; may be repeated.")
    var serverPid: [Int32] = []

    @OptionGroup var output: JSONOption

    func deliver(_ report: some BenchReport) throws { try output.deliver(report) }
}

/// Where the report goes.
struct JSONOption: ParsableArguments {
    @Option(help: "Write the report as JSON to this file; - is standard output, instead of the text.")
    var json: String?

    /// Hands out the report; a run that was not clean ends with status 1.
    func deliver(_ report: some BenchReport) throws {
        if json == "-" {
            Console.result(report.json.text)
        } else {
            Console.result(report.text)
            if let json { try write(report.json.text + "\n", to: json) }
        }
        if !report.isClean { throw ExitCode(1) }
    }

    private func write(_ text: String, to path: String) throws {
        guard let file = unsafe fopen(path, "w") else { throw SetupError("\(path): \(SystemError("open"))") }
        let isWritten = unsafe fputs(text, file) >= 0
        guard unsafe fclose(file) == 0, isWritten else { throw SetupError("\(path): \(SystemError("write"))") }
    }
}
