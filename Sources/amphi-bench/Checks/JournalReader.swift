import StrictJSON

/// Reads the whole journal of a session over REST, page by page, with the eyes of its first client, or
/// of another one.
struct JournalReader {
    private static let pageLength = 200

    let session: SessionPlan
    let address: HubAddress
    var reader: ClientPlan?

    func events() throws -> [SessionEvent] {
        let client = RESTClient(address: address)
        guard let token = (reader ?? session.clients.first)?.token else { return [] }
        var events: [SessionEvent] = []
        while true {
            let after = events.last?.seq ?? 0
            let path = "/api/live-sessions/\(session.id)/events?after_seq=\(after)&limit=\(Self.pageLength)"
            let page = try client.get(path, token: token)
            guard case .events(let batch) = try ServerFrame(decoding: page.encoded()) else {
                throw SetupError("GET \(path): no events")
            }
            events += batch.events
            if page["more"]?.boolValue != true { return events }
        }
    }
}
