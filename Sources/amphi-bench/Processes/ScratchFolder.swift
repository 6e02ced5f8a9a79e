import Glibc

/// A folder for what a run needs on the disk.
enum ScratchFolder {
    /// - Parameter name: stands in the folder's name.
    static func make(_ name: String) throws -> String {
        // Where POSIX has temporary files: in TMPDIR, or, when that says nothing, in /tmp. The six X at the end are no
        // mark of unfinished work: mkdtemp(3) demands exactly them, and puts letters in their place.
        let parent = variable("TMPDIR").flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        var path = Array("\(parent)/amphi-\(name)-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&path) != nil else { throw SystemError("mkdtemp") }
        return String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Removes a folder with everything in it; what stays is named.
    static func remove(_ folder: String) {
        for name in entries(of: folder) {
            let path = "\(folder)/\(name)"
            // A folder, or what a folder's name cannot be.
            if unsafe unlink(path) != 0 { remove(path) }
        }
        if unsafe rmdir(folder) != 0 { Console.note("\(folder) stays: \(SystemError("rmdir"))") }
    }

    static func variable(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }

    /// Nil for what is not there.
    static func absolute(_ path: String) -> String? {
        guard let absolute = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(absolute) }
        return unsafe String(cString: absolute)
    }

    static func entries(of folder: String) -> [String] {
        guard let directory = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
