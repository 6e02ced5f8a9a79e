import WebSocketServer

extension Call {
    /// The range of a calendar's query. Both of the seed's ways to name its ends are understood.
    func calendarRange() throws(HubError) -> CalendarRange {
        try CalendarRange(start: firstItem("start", "start_date"), end: firstItem("end", "end_date"))
    }

    private func firstItem(_ names: String...) -> (name: String, text: String)? {
        for name in names {
            if let text = request.query.first(name), !text.isEmpty { return (name, text) }
        }
        return nil
    }
}
