/// Where browsers reach the hub: every link and channel address starts with it.
package struct PublicAddress: Sendable, Equatable {
    /// Scheme, host and port, and a path when a proxy serves the hub under one; no slash at its end.
    package let httpBase: String

    package init(httpBase: String) { self.httpBase = httpBase.withoutTrailingSlash }

    /// AMPHI_PUBLIC_URL, else the listening address; an address that means "everywhere" is named as this machine.
    package init(_ configuration: HubConfiguration, port: UInt16) {
        if let publicURL = configuration.publicURL {
            self.init(httpBase: publicURL)
            return
        }
        let host =
            switch configuration.host {
            case "0.0.0.0", "": "127.0.0.1"
            case "::": "[::1]"
            case let host where host.contains(":") && !host.hasPrefix("["): "[\(host)]"
            case let host: host
            }
        self.init(httpBase: "\(configuration.usesTLS ? "https" : "http")://\(host):\(port)")
    }

    package var origin: WebOrigin? { WebOrigin(httpBase) }

    /// A class's page.
    package func classPage(_ session: Int64) -> String { "\(httpBase)/class/\(session)" }

    /// A class's channel: `ws`, or `wss` where the pages are https.
    package func channel(_ session: Int64) -> String {
        // http -> ws, https -> wss
        "ws\(httpBase.dropFirst(4))/api/live-sessions/\(session)/channel"
    }

    /// The code stands in the fragment, so that no server's log has it.
    package func signInLink(code: String, next: String) -> String { "\(httpBase)/sign-in#code=\(code)&next=\(next)" }
}
