import StrictJSON

/// Bounds what one answer of events may hold.
enum HistoryPage {
    /// The events from the first on, as many as fit into 256 KiB, and at least one.
    static func bounded(_ events: some Sequence<ServerEvent>, user: Int64, isHost: Bool) -> [JSON] {
        var page: [JSON] = []
        var size = 0
        for event in events {
            let json = event.json(for: user, isHost: isHost)
            size += json.encoded().count
            if !page.isEmpty, size > 256 * 1024 { break }
            page.append(json)
        }
        return page
    }
}
