/// A server under comparison: whoever connects to `/{room}` receives every text that anybody sends there.
struct RelayTarget: Sendable {
    let address: HubAddress
    /// With `{room}` where the number of the room goes.
    let path: String

    /// `ws://host[:port]/path/{room}`.
    init(url: String) throws {
        guard url.hasPrefix("ws://") else { throw SetupError("\(url): only ws:// is spoken here") }
        let rest = url.dropFirst("ws://".count)
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        address = try HubAddress(url: "http://\(rest[..<slash])")
        path = slash == rest.endIndex ? "/" : String(rest[slash...])
        guard path.split(separator: Self.placeholder, omittingEmptySubsequences: false).count == 2 else {
            throw SetupError("\(url): {room} must stand in the path once")
        }
    }

    private static let placeholder = "{room}"

    func path(of room: Int) -> String {
        path.split(separator: Self.placeholder, omittingEmptySubsequences: false).joined(separator: "\(room)")
    }

    /// Clients are dealt out to rooms as the hub's are to sessions.
    func rooms(_ size: SessionSetup.Size) -> [SessionPlan] {
        (0..<size.sessions).map { room in
            let clients = stride(from: room, to: size.clients, by: size.sessions).map { number in
                ClientPlan(number: number, userID: Int64(number), token: "", source: size.source(of: number))
            }
            return SessionPlan(
                id: Int64(room), path: path(of: room), clients: clients,
                senderCount: min(size.sendersPerSession, clients.count))
        }
    }
}
