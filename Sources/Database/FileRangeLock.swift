import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// An exclusive lock on the database file itself, so that it holds under every name of the file.
///
/// It is an open file description lock (fcntl(2), F_OFD_SETLK) on one byte far behind every page, where SQLite locks
/// nothing. Another kind would not do: `flock` can collide with SQLite's locks on a network's file system, and locks of
/// the process are SQLite's own. Closing a file drops those of the whole process, so that this one is closed when
/// SQLite has closed it.
package final class FileRangeLock: Sendable {
    private let descriptor: Mutex<Int32?>

    /// Takes the lock at once or fails.
    /// - Parameter path: a file that nobody in this process has open. One that cannot be opened has no lock: SQLite
    ///   tells why.
    package init(path: String) throws(FileLockError) {
        let file = unsafe open(path, O_RDWR | O_CLOEXEC)
        descriptor = Mutex(file >= 0 ? file : nil)
        guard file >= 0 else { return }
        #if os(Linux)
            var range = flock()
            range.l_type = Int16(F_WRLCK)
            range.l_whence = Int16(SEEK_SET)
            (range.l_start, range.l_len) = (Int(Self.place), 1)
            guard unsafe fcntl(file, Self.setLock, &range) != 0 else { return }
            let reason = errno
            release()
            throw reason == EAGAIN || reason == EACCES
                ? .held(path: path, by: nil) : .unusable(path: path, errno: reason)
        #endif
    }

    deinit { release() }

    /// Idempotent.
    package func release() {
        descriptor.withLock { descriptor in
            if let open = descriptor { _ = close(open) }
            descriptor = nil
        }
    }

    private static let place: Int64 = 1 << 62
    /// F_OFD_SETLK of Linux, which only some headers name.
    private static let setLock: Int32 = 37
}
