import ArgumentParser
import Glibc

/// The hub that a command starts by itself.
struct ExecutableOption: ParsableArguments {
    @Option(help: "The hub's executable (default: amphi beside amphi-bench).")
    var executable: String?

    /// Absolute: a hub runs in a folder of its own.
    func path() throws -> String {
        let path = try executable ?? Self.besideThis()
        guard let absolute = ScratchFolder.absolute(path) else { throw SystemError(path) }
        return absolute
    }

    private static func besideThis() throws -> String {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe readlink("/proc/self/exe", &path, path.count)
        guard count > 0, let slash = path[..<count].lastIndex(of: 0x2F) else { throw SystemError("readlink") }
        return String(decoding: path[...slash].map { UInt8(bitPattern: $0) }, as: UTF8.self) + "amphi"
    }
}
