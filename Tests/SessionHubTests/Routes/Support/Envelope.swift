import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// Expects the success envelope of RestAPI.md with exactly this data (and this pagination).
func expectData(
    _ response: TestResponse, _ data: JSON?, status: Int = 200, pagination: JSON? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(response.status == status, "\(response.text)", sourceLocation: sourceLocation)
    var expected: JSONObject = ["success": true]
    expected["message"] = response.json["message"]
    expected["data"] = data
    expected["pagination"] = pagination
    #expect(response.json == .object(expected), sourceLocation: sourceLocation)
}

/// The data of a success envelope; records an issue and ends the test when it is another answer.
func data(
    _ response: TestResponse, status: Int = 200, sourceLocation: SourceLocation = #_sourceLocation
) throws -> JSON {
    try #require(
        response.status == status && response.json["success"] == true, "\(response.status) \(response.text)",
        sourceLocation: sourceLocation
    )
    return try #require(response.json["data"], sourceLocation: sourceLocation)
}

/// Expects the error envelope of RestAPI.md and nothing else in it: `error` and `message` are the same sentence.
func expectRefusal(
    _ response: TestResponse, _ status: Int, _ code: ErrorCode, field: String? = nil, details: JSONObject = [:],
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(response.status == status, "\(response.text)", sourceLocation: sourceLocation)
    let sentence = response.json["message"] ?? .null
    #expect((sentence.stringValue ?? "").count > 10, "a sentence for people", sourceLocation: sourceLocation)
    var expected: JSONObject = [
        "success": false, "code": .string(code.rawValue), "error": sentence, "message": sentence,
    ]
    if let field { expected["field"] = .string(field) }
    for member in details.members { expected[member.name] = member.value }
    #expect(response.json == .object(expected), sourceLocation: sourceLocation)
}

extension JSON {
    /// The ids of a list of rows.
    var ids: [Int64] { arrayValue?.compactMap { $0["id"]?.integerValue } ?? [] }

    /// The ids of the live sessions in a calendar.
    var sessions: [Int64] { arrayValue?.compactMap { $0["session_id"]?.integerValue } ?? [] }

    /// The number of an event of the calendar, 0 for anything else.
    var event: Int64 { self["event_id"]?.integerValue ?? 0 }

    /// This object without the members that are random or proved elsewhere.
    func without(_ names: String...) -> JSON {
        guard var object = objectValue else { return self }
        for name in names { object[name] = nil }
        return .object(object)
    }
}
