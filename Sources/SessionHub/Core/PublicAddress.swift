import Synchronization

/// Where browsers reach the hub: every link and channel address starts with it.
///
/// One object for the whole hub, because with port 0 only the bound socket knows the port: `listening(on:)` is called
/// once, before the first request.
package final class PublicAddress: Sendable {
    private let base: Mutex<String>
    /// The address with `:0` in place of the port, when the port decides; nil when AMPHI_PUBLIC_URL does.
    private let listeningBase: String?

    /// A fixed address. A path after the host is kept, for a proxy that serves the hub under one.
    package init(httpBase: String) {
        base = Mutex(httpBase.withoutTrailingSlash)
        listeningBase = nil
    }

    /// The address of a socket whose port is not known yet, and may still change.
    ///
    /// - Parameter base: scheme and host, without a port.
    init(listeningAt base: String, port: UInt16) {
        self.base = Mutex("\(base):\(port)")
        listeningBase = base
    }

    func listening(on port: UInt16) {
        if let listeningBase { base.withLock { $0 = "\(listeningBase):\(port)" } }
    }

    /// Scheme, host and port, and perhaps a path, without a slash at the end.
    var httpBase: String { base.withLock { $0 } }

    var origin: WebOrigin? { WebOrigin(httpBase) }

    /// The path after the host: `/live`, or nothing. Everything that a browser asks for lies under it.
    package var basePath: String { Self.path(of: httpBase) }

    private static func path(of url: String) -> String {
        guard let authority = url.firstRange(of: "://") else { return "" }
        return url[authority.upperBound...].firstIndex(of: "/").map { String(url[$0...]) } ?? ""
    }

    /// The rest of a sentence for an AMPHI_PUBLIC_URL that cannot be used as a whole: links would carry some part of it
    /// that pages would not.
    static func problem(with url: String) -> String? {
        guard WebOrigin(url) != nil else { return "must be an http or https address, not \"\(url)\"." }
        guard !url.contains("?"), !url.contains("#") else {
            return "must have no query and no fragment, not \"\(url)\"."
        }
        let segments = path(of: url.withoutTrailingSlash).split(separator: "/", omittingEmptySubsequences: false)
        for segment in segments.dropFirst() {
            guard !segment.isEmpty, segment != ".", segment != "..", segment.utf8.allSatisfy(isPlain) else {
                return "may have a path of letters, digits and -._~ only, not \"\(url)\"."
            }
        }
        guard segments.count < 2 || !ownFolders.contains(String(segments[1])) else {
            return "must have another path than \(segments.joined(separator: "/")): the page's own files lie there."
        }
        return nil
    }

    /// Folders of the page's own files. Under such a path nobody could tell the request of a proxy that cuts the path
    /// off from that of one that passes it on.
    private static let ownFolders: Set = ["js", "css"]

    /// RFC 3986's unreserved characters: they are the same in a link, in a request and in a file of ours.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }

    func classPage(_ session: Int64) -> String { "\(httpBase)/class/\(session)" }

    /// A class's channel: `ws`, or `wss` where the pages are https.
    func channel(_ session: Int64) -> String {
        // `http` becomes `ws`, and `https` becomes `wss`.
        "ws\(httpBase.dropFirst(4))/api/live-sessions/\(session)/channel"
    }

    /// A sign-in link. The code stands in the fragment, so that no server's log has it.
    package func signInLink(code: String, next: String? = nil) -> String {
        "\(httpBase)/sign-in#code=\(code)" + (next.map { "&next=\($0)" } ?? "")
    }
}
