internal import CLibwebsockets

extension WebServerConfiguration.TLS {
    /// What a server can do with the two files.
    package enum State: Int32, Sendable {
        /// They cannot be read, or do not belong together.
        case unusable = 0
        case valid, expired, notYetValid
    }

    package var state: State {
        unsafe State(rawValue: amphi_certificate_state(certificatePath, keyPath)) ?? .unusable
    }

    func requireUsable() throws(WebServerError) {
        guard state != .unusable else { throw .certificate }
    }
}
