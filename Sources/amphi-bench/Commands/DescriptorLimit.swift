import Glibc

/// One connection is one descriptor.
enum DescriptorLimit {
    /// Beside the connections: epoll, standard streams, /proc.
    private static let reserve = 32

    /// Raises the soft limit as far as the hard one, and says clearly when that is not enough.
    static func ensure(connections: Int) throws {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            throw SystemError("getrlimit")
        }
        let needed = rlim_t(connections + reserve)
        if limit.rlim_cur >= needed { return }
        guard limit.rlim_max >= needed else {
            throw SetupError(
                "\(connections) connections need \(needed) descriptors, the hard limit (ulimit -Hn) is \(limit.rlim_max)"
            )
        }
        limit.rlim_cur = limit.rlim_max
        guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            throw SystemError("setrlimit")
        }
    }
}
