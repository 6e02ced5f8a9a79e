import HTTPTypes
import StrictJSON
import WebSocketServer

/// What a request for a CSV says of the form that it wants, and the answer.
extension Call {
    /// The language of a document that somebody keeps: the query's `lang`, or else the language of the request.
    func chosenLanguage() throws(HubError) -> Language {
        guard let text = request.query.first("lang"), !text.isEmpty else { return language }
        guard let language = Language(acceptLanguage: text) else {
            throw .invalid("lang", Localized(en: "lang must be en or fr.", fr: "lang doit être en ou fr."))
        }
        return language
    }

    /// Whether the document begins with a byte order mark: unless `bom=false`.
    func wantsMark() throws(HubError) -> Bool {
        request.query.first("bom")?.isEmpty == false ? try flag("bom") : true
    }
}

extension Reply {
    /// A CSV to keep.
    ///
    /// - Parameter name: the file's, without its ending.
    static func csv(_ bytes: [UInt8], named name: String, in language: Language) -> Reply {
        var headers: HTTPFields = [.contentType: "text/csv; charset=utf-8", .cacheControl: "no-store"]
        headers[.contentDisposition] = "attachment; filename=\"\(name).csv\""
        headers[.contentLanguage] = language.rawValue
        return Reply(raw: Response(status: .ok, headers: headers, body: .bytes(bytes)))
    }
}
