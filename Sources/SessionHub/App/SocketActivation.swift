import WebSocketServer

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension HubConfiguration {
    /// Takes the listening socket that systemd holds for this process (sd_listen_fds(3)), in the place of `host` and
    /// `port`, and unsets the variables, so that no child process takes them for its own.
    ///
    /// Throws for anything but one listening TCP socket. With several, nobody could say at which of them the hub is
    /// found.
    ///
    /// - Parameter variable: reads the environment.
    package mutating func takeActivationSocket(
        variable: (String) -> String?
    ) throws(ConfigurationError) {
        let (owner, count) = (variable("LISTEN_PID"), variable("LISTEN_FDS"))
        for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "LISTEN_PIDFDID"] { unsetenv(name) }
        // Otherwise the socket is meant for another process, whose variables this one has only inherited.
        guard let owner, Int32(owner) == getpid(), let count else { return }
        guard let number = Int(count), number >= 0 else {
            throw ConfigurationError("LISTEN_FDS is no number of sockets.")
        }
        guard number > 0 else { return }
        guard number == 1 else {
            throw ConfigurationError(
                "LISTEN_FDS passes \(number) sockets and the hub takes one: write one ListenStream in the .socket unit ([::]:8080 serves IPv4 as well)."
            )
        }
        guard let address = InheritedSocket.address(of: Self.firstDescriptor) else {
            throw ConfigurationError("LISTEN_FDS: what is passed is no listening TCP socket (ListenStream=8080).")
        }
        (host, port, inheritedSocket) = (address.host, address.port, Self.firstDescriptor)
    }

    /// The first descriptor that systemd passes (SD_LISTEN_FDS_START).
    private static let firstDescriptor: Int32 = 3
}
