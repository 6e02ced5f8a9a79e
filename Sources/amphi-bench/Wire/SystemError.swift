import Glibc

/// A system call that failed: its name and errno's text.
struct SystemError: Error, Equatable, CustomStringConvertible {
    let call: String
    let code: Int32

    /// Takes the current errno: make it right after the call.
    init(_ call: String, code: Int32 = errno) {
        self.call = call
        self.code = code
    }

    var description: String {
        var text = [CChar](repeating: 0, count: 256)
        let length = text.count
        return unsafe text.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return "\(call): error \(code)" }
            unsafe strerror_r(code, base, length)
            return unsafe "\(call): \(String(cString: base))"
        }
    }
}
