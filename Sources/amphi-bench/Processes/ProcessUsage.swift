import CGlibc  // timeval: Swift finds it there first
import Glibc

/// CPU time and memory of processes, read from /proc.
struct ProcessUsage: Sendable {
    /// User and system time since the processes began.
    var cpuSeconds: Double
    /// Resident memory.
    var residentBytes: Int

    /// CPU seconds of a process and of all its descendants, also of those that have ended and were waited for.
    static func familyCPUSeconds(of process: Int32) -> Double {
        guard let fields = try? statistics(of: process) else { return 0 }
        let ticks = fields[11...14].compactMap { Double($0) }.reduce(0, +)
        return ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
            + children(of: process).reduce(0) { $0 + familyCPUSeconds(of: $1) }
    }

    /// The processes that the main thread of one has started, none when it is gone.
    static func children(of process: Int32) -> [Int32] {
        let list = (try? text(of: "/proc/\(process)/task/\(process)/children")) ?? ""
        return list.split(whereSeparator: \.isWhitespace).compactMap { Int32($0) }
    }

    /// The sum over some processes (a server may have several).
    static func sum(of processes: [Int32]) throws -> ProcessUsage {
        var sum = ProcessUsage(cpuSeconds: 0, residentBytes: 0)
        for process in processes {
            sum.cpuSeconds += try cpuSeconds(of: process)
            sum.residentBytes += try residentBytes(of: process)
        }
        return sum
    }

    /// CPU seconds of the benchmark itself.
    static var ownCPUSeconds: Double {
        var usage = rusage()
        guard unsafe getrusage(RUSAGE_SELF.rawValue, &usage) == 0 else { return 0 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    private static func cpuSeconds(of process: Int32) throws -> Double {
        let ticks = try statistics(of: process)[11...12].compactMap { Double($0) }
        return ticks.reduce(0, +) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Of proc(5) `stat` the fields from the third on, after the name, which may itself contain spaces and brackets.
    /// 11 and 12 of them are the user and system time in ticks, 13 and 14 the same of ended children.
    private static func statistics(of process: Int32) throws -> [Substring] {
        let stat = try text(of: "/proc/\(process)/stat")
        guard let bracket = stat.lastIndex(of: ")") else { throw SetupError("/proc/\(process)/stat has no name") }
        let fields = stat[bracket...].split(separator: " ").dropFirst()
        guard fields.count > 14 else { throw SetupError("/proc/\(process)/stat is too short") }
        return Array(fields)
    }

    /// `smaps_rollup` is exact but only for the owner's eyes; `status` lags by some pages per thread.
    private static func residentBytes(of process: Int32) throws -> Int {
        let exact = try? text(of: "/proc/\(process)/smaps_rollup")
        let (table, name) = try exact.map { ($0, "Rss:") } ?? (text(of: "/proc/\(process)/status"), "VmRSS:")
        for line in table.split(separator: "\n") where line.hasPrefix(name) {
            if let kilobytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) {
                return kilobytes * 1024
            }
        }
        throw SetupError("no memory figure for process \(process)")
    }

    private static func text(of path: String) throws -> String {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SetupError("\(path): \(SystemError("open"))") }
        defer { close(descriptor) }
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let size = chunk.count
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, size) }
            guard count >= 0 else { throw SetupError("\(path): \(SystemError("read"))") }
            if count == 0 { return String(decoding: content, as: UTF8.self) }
            content.append(contentsOf: chunk[..<count])
        }
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
}
