import StrictJSON
import Testing

@testable import SessionHub

@Suite("Session details")
struct SessionDetailsTests {
    private let valid: JSONObject = [
        "title": " Waves ", "scheduled_start_at": "2026-03-15T10:00:00Z", "scheduled_end_at": "2026-03-15T12:00:00Z",
    ]

    private static let clearing: JSONObject = [
        "description": nil, "thumbnail_url": "", "title": nil, "max_participants": nil,
    ]

    private func refusal(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch let error as HubError {
            return "\(error.code.rawValue) \(error.field ?? "")"
        } catch {
            return "\(error)"
        }
    }

    @Test func `a title and two dates are enough`() throws {
        let details = try SessionDetails(creating: Fields(valid))
        #expect(details.title == "Waves")
        #expect(details.scheduledEnd - details.scheduledStart == 7_200_000)
        #expect(details.maxParticipants == 50)
        #expect(details.isChatEnabled)
        #expect(!details.isRecordingEnabled)
        #expect(details.description == nil)
    }

    @Test(
        arguments: [
            ("title", .null), ("title", "   "), ("title", 7), ("scheduled_start_at", "2026-02-30T10:00:00Z"),
            ("scheduled_start_at", "2026-03-15T10:00:00"), ("scheduled_end_at", "2026-03-15T10:00:00Z"),
            ("scheduled_end_at", 5), ("max_participants", 0), ("max_participants", "50"), ("is_chat_enabled", 1),
            ("thumbnail_url", "javascript:alert(1)"), ("recording_url", "//evil.example/x"),
        ] as [(String, JSON)]
    )
    func `seed defects 14 and 22: a value that cannot be used is refused with its field`(field: String, value: JSON) {
        var object = valid
        object[field] = value
        #expect(refusal { _ = try SessionDetails(creating: Fields(object)) } == "invalid_field \(field)")
    }

    @Test func `null clears an optional text and leaves the rest alone`() throws {
        var details = try SessionDetails(creating: Fields(valid))
        details.description = "About waves"
        details.thumbnailURL = "/thumbs/1.png"
        let before = details
        try details.apply(Fields(Self.clearing))
        #expect(details.changes(from: before) == [.description, .thumbnailURL])
        #expect(details.title == "Waves")
        #expect(details.maxParticipants == 50)
    }

    @Test func `a row sent back as it was read changes nothing`() throws {
        let details = LiveSession.make().details
        var same = details
        var row: JSONObject = ["id": 1, "status": "live"]
        for field in SessionDetails.Field.allCases { row[field.rawValue] = details.value(field) }
        try same.apply(Fields(row))
        #expect(same.changes(from: details) == [])
    }
}
