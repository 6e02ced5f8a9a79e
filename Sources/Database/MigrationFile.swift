import Foundation

/// One file `NNNN_name.sql`.
struct MigrationFile: Sendable, Hashable {
    let number: Int64
    /// The file's name without `.sql`.
    let name: String
    let script: String

    /// All `.sql` files of the directory in order; other files are left alone.
    static func all(in directory: String) throws(MigrationError) -> [MigrationFile] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: directory)
        } catch {
            throw .unreadable(directory)
        }
        var files: [Int64: MigrationFile] = [:]
        for name in names.sorted() where name.hasSuffix(".sql") {
            let file = try MigrationFile(name, in: directory)
            if let other = files.updateValue(file, forKey: file.number) {
                throw .duplicateNumber(other.name, file.name)
            }
        }
        return files.values.sorted { $0.number < $1.number }
    }

    private init(_ fileName: String, in directory: String) throws(MigrationError) {
        let name = fileName.dropLast(".sql".count)
        let digits = name.prefix { $0.isASCII && $0.isNumber }
        guard digits.count == 4, let number = Int64(digits), name.dropFirst(4).first == "_", name.count > 5 else {
            throw .badFileName(fileName)
        }
        let path = URL(fileURLWithPath: directory).appendingPathComponent(fileName)
        guard let script = try? String(contentsOf: path, encoding: .utf8) else { throw .unreadable(path.path) }
        self.number = number
        self.name = String(name)
        self.script = script
    }
}
