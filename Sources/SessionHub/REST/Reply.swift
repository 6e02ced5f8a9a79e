import HTTPTypes
import StrictJSON
import WebSocketServer

/// What a route's handler answers; becomes the success envelope of RestAPI.md.
struct Reply: Sendable {
    var status: HTTPResponse.Status = .ok
    var message: Localized?
    var data: JSON?
    var pagination: JSON?
    var headers = HTTPFields()
    /// Sent as it is, instead of the envelope (a CSV, a redirect).
    var raw: Response?

    init(
        _ data: JSON? = nil, status: HTTPResponse.Status = .ok, message: Localized? = nil, pagination: JSON? = nil
    ) {
        self.status = status
        self.message = message
        self.data = data
        self.pagination = pagination
    }

    init(raw: Response) { self.raw = raw }

    func response(in language: Language) -> Response {
        if let raw { return raw }
        var envelope = JSONObject([("success", .bool(true))])
        if let message { envelope["message"] = .string(message[language]) }
        if let data { envelope["data"] = data }
        if let pagination { envelope["pagination"] = pagination }
        return .json(.object(envelope), status: status, headers: headers)
    }
}

extension HubError {
    /// The error envelope: `error` and `message` carry the same sentence, because clients of the seed read one or the
    /// other.
    func response(in language: Language) -> Response {
        let sentence = message(in: language)
        var envelope = JSONObject([
            ("success", .bool(false)), ("code", .string(code.rawValue)), ("error", .string(sentence)),
            ("message", .string(sentence)),
        ])
        if let field { envelope["field"] = .string(field) }
        for member in details.members { envelope[member.name] = member.value }
        var headers = HTTPFields()
        // RFC 9110, 15.5.2: a 401 names the scheme that would do.
        if code.status == .unauthorized { headers[.wwwAuthenticate] = "Bearer" }
        if let retryAfter { headers[.retryAfter] = String(max(1, (retryAfter + 999) / 1000)) }
        return .json(.object(envelope), status: code.status, headers: headers)
    }
}

extension Response {
    static func json(_ json: JSON, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.contentType] = "application/json; charset=utf-8"
        if headers[.cacheControl] == nil { headers[.cacheControl] = "no-store" }
        return Response(status: status, headers: headers, body: .bytes(json.encoded()))
    }
}
