import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// An exclusive lock on a file beside the database, so that one process serves it.
///
/// `flock` belongs to the open file: the kernel releases it when the process dies in whatever way, and a second lock in
/// the same process conflicts as well. The file stays (deleting it would let two processes lock two files of one name).
package final class FileLock: Sendable {
    package let path: String
    private let descriptor: Mutex<Int32?>

    /// Takes the lock at once or fails.
    /// - Parameter path: for example `amphi.db.lock`; created when missing, readable by the owner only.
    package init(path: String) throws(FileLockError) {
        self.path = path
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .unusable(path: path, errno: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            let owner = Self.readOwner(descriptor)
            _ = close(descriptor)
            throw reason == EWOULDBLOCK ? .held(path: path, by: owner) : .unusable(path: path, errno: reason)
        }
        Self.writeOwner(descriptor)
        self.descriptor = Mutex(descriptor)
    }

    deinit {
        release()
    }

    /// Idempotent.
    package func release() {
        descriptor.withLock { descriptor in
            guard let open = descriptor else { return }
            _ = ftruncate(open, 0)
            _ = close(open)
            descriptor = nil
        }
    }

    /// The process in the file: who holds the lock, for messages only; the lock itself is the kernel's.
    private static func readOwner(_ descriptor: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = unsafe pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        return Int32(String(decoding: bytes.prefix(count), as: UTF8.self).prefix { $0.isNumber })
    }

    private static func writeOwner(_ descriptor: Int32) {
        let bytes = Array("\(getpid())\n".utf8)
        _ = ftruncate(descriptor, 0)
        _ = unsafe pwrite(descriptor, bytes, bytes.count, 0)
    }
}

/// Why the lock could not be had.
package enum FileLockError: Error, Equatable {
    /// Another process has it; its id, when it has written it.
    case held(path: String, by: Int32?)
    case unusable(path: String, errno: Int32)
}

extension FileLockError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .held(let path, let owner):
            "\(path) is held by \(owner.map { "process \($0)" } ?? "another process")"
        case .unusable(let path, let number):
            "cannot lock \(path): \(unsafe String(cString: strerror(number)))"
        }
    }
}
