internal import CLibwebsockets
internal import Glibc

/// How many connections there may be: as configured, or as many as this process has descriptors for.
struct ConnectionLimits: Equatable {
    /// What a process needs beside its connections: the database, its readers, the loops, the log.
    static let reserved = 128

    /// Descriptors that all connections of the configuration would take.
    let wanted: Int
    let total: Int
    /// 0: no limit.
    let perAddress: Int

    var isReduced: Bool { wanted > total * perConnection + Self.reserved }
    private let perConnection: Int

    /// - Parameter descriptors: that the process may have open. With too few an address keeps its share of what there
    ///   is.
    init(_ configuration: WebServerConfiguration, descriptors: Int) {
        // A TLS connection has a socket pair behind its socket (`TLSBridge`).
        perConnection = configuration.tls == nil ? 1 : 3
        wanted = configuration.maxConnections * perConnection + Self.reserved
        let most = max(1, (descriptors - Self.reserved) / perConnection)
        guard most < configuration.maxConnections else {
            (total, perAddress) = (configuration.maxConnections, configuration.maxConnectionsPerAddress)
            return
        }
        total = most
        let share = configuration.maxConnectionsPerAddress
        perAddress = share == 0 ? 0 : max(1, share * most / configuration.maxConnections)
    }

    /// Raises the soft limit of descriptors to what is wanted, as far as the hard limit lets it. Returns what there is.
    static func raiseDescriptors(to wanted: Int) -> Int {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard unsafe getrlimit(resource, &limit) == 0 else { return .max }
        if limit.rlim_cur < rlim_t(wanted) {
            var raised = limit
            raised.rlim_cur = min(limit.rlim_max, rlim_t(wanted))
            if unsafe setrlimit(resource, &raised) == 0 { limit = raised }
        }
        return Int(clamping: limit.rlim_cur)
    }
}
