import HTTPTypes
import StrictJSON
import WebSocketServer

/// One REST request with its caller proved and its language chosen: what a route's handler gets.
struct Call: Sendable {
    let request: Request
    let caller: Caller
    let language: Language

    /// The number that stands in the path for `{name:int}` of the route's pattern.
    func id(_ name: String) throws(HubError) -> Int64 {
        let id = request.parameters.integer(name)
        guard id > 0 else { throw HubError(.notFound) }
        return id
    }

    /// The same where it is the id of what the request makes. Throws `invalid_field` for one that no program could read
    /// back.
    func newID(_ name: String) throws(HubError) -> Int64 {
        let id = try id(name)
        guard id <= Fields.largest else {
            throw .invalid(
                "id",
                Localized(
                    en: "An id must be from 1 to \(Fields.largest).", fr: "Un identifiant va de 1 à \(Fields.largest)."
                )
            )
        }
        return id
    }

    /// The JSON body; an empty body counts as `{}`. Refuses other media types, broken JSON and anything but an object.
    func body() throws(HubError) -> Fields { try Self.fields(of: request) }

    /// The same for an open route, which has no caller.
    static func fields(of request: Request) throws(HubError) -> Fields {
        guard !request.body.isEmpty else { return Fields(JSONObject([])) }
        if let type = request.headers[.contentType] {
            let media = type.prefix { $0 != ";" }.trimmed.lowercased()
            guard media == "application/json" || media.hasSuffix("+json") else { throw HubError(.unsupportedMediaType) }
        }
        do {
            return try Fields(JSON.parse(request.body, limits: .request))
        } catch let error as JSONError {
            throw HubError(badJSON: error)
        } catch let error as HubError {
            throw error
        } catch {
            throw HubError(.badJSON)
        }
    }

    /// Called by a route that takes nothing. What is sent all the same must be a JSON object, as everywhere.
    func takesNothing() throws(HubError) { _ = try body() }

    /// The seed's `page` and `limit` (1...100, 20 by default).
    func page() throws(HubError) -> Page {
        Page(number: try number("page", in: 1...1_000_000) ?? 1, limit: try limit(most: 100, standard: 20))
    }

    /// How many rows the query's `limit` asks for. More than `most` is `most`: clients of the seed ask for everything
    /// with a large number, and the answer says how many there are.
    func limit(most: Int64, standard: Int64) throws(HubError) -> Int64 {
        if let text = request.query.first("limit"), text.utf8.allSatisfy({ (48...57).contains($0) }),
            text.utf8.contains(where: { $0 != 48 })
        {
            return min(Int64(text) ?? most, most)
        }
        return try number("limit", in: 1...most) ?? standard
    }

    /// A whole number of the query string.
    func number(_ name: String, in range: ClosedRange<Int64>) throws(HubError) -> Int64? {
        guard let text = request.query.first(name), !text.isEmpty else { return nil }
        guard let number = Int64(text), range.contains(number) else {
            throw .invalid(
                name,
                Localized(
                    en: "\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound).",
                    fr: "\(name) doit être un nombre entier de \(range.lowerBound) à \(range.upperBound)."
                )
            )
        }
        return number
    }

    /// A yes or no of the query string. When it is not there it is a no.
    func flag(_ name: String) throws(HubError) -> Bool {
        switch request.query.first(name) {
        case "true", "1": return true
        case "false", "0", "", nil: return false
        default:
            throw .invalid(
                name, Localized(en: "\(name) must be true or false.", fr: "\(name) doit être true ou false.")
            )
        }
    }
}

extension Call {
    /// A word of the query string out of a fixed set.
    func word<Word: RawRepresentable & CaseIterable>(
        _ name: String, as type: Word.Type
    ) throws(HubError) -> Word? where Word.RawValue == String {
        guard let text = request.query.first(name), !text.isEmpty else { return nil }
        return try Fields(JSONObject([(name, .string(text))])).word(name, as: type)
    }
}
