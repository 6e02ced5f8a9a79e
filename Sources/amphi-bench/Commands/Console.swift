import Glibc

/// Writes to the terminal: results on standard output, progress and errors on standard error.
enum Console {
    static func result(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }

    static func note(_ text: String) { write("amphi-bench: \(text)\n", to: STDERR_FILENO) }

    private static func write(_ text: String, to descriptor: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            // A closed pipe or a full disk: there is nobody left to tell.
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
