import WebSocketServer

extension Call {
    /// What the query's `search` asks for.
    var search: SearchText { SearchText(request.query.first("search")) }
}
