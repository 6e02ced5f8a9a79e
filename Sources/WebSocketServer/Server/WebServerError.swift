/// Why a server did not start.
package enum WebServerError: Error, Equatable {
    /// The certificate or its key could not be loaded.
    case certificate
    /// `getaddrinfo` does not know the host.
    case unknownHost(String)
    /// Binding or listening failed with this `errno`.
    case cannotListen(errno: Int32)
    /// An event loop could not be made.
    case loop(String)
    /// `start` was called twice.
    case alreadyStarted
}
