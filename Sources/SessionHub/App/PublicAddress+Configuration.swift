extension PublicAddress {
    /// The address is AMPHI_PUBLIC_URL, or else the one at which the hub listens.
    convenience init(_ configuration: HubConfiguration) {
        if let publicURL = configuration.publicURL {
            self.init(httpBase: publicURL)
        } else {
            self.init(listeningAt: Self.listeningBase(configuration), port: configuration.port)
        }
    }

    /// Where the socket itself listens, without its port. A host that means "everywhere" becomes the name of this
    /// machine.
    package static func listeningBase(_ configuration: HubConfiguration) -> String {
        let host =
            switch configuration.host {
            case "0.0.0.0", "": "127.0.0.1"
            case "::": "[::1]"
            case let host where host.contains(":") && !host.hasPrefix("["): "[\(host)]"
            case let host: host
            }
        return "\(configuration.usesTLS ? "https" : "http")://\(host)"
    }
}
