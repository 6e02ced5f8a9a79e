import Foundation
import StrictJSON
import Testing

@testable import SessionHub

/// Rows of the seed's that are not as this hub would write them.
@Suite("Rows of the seed's tables")
struct SeedRecordTests {
    // Found from outside, no. 28
    @Test(arguments: ["", " ", "\u{200B}\u{2060}", "\n\t", "\u{7}", "\u{0}\u{1B}", "\u{2800}"])
    func `a message in which nothing can be seen is none`(text: String) throws {
        let row: JSONObject = [
            "id": 1, "session_id": 1, "user_id": 1, "message": .string(text), "created_at": "2025-03-15 10:06:00",
        ]
        #expect(try SeedMessage(SeedRow(file: "f", line: 1, object: row), zone: .gmt) == nil)
    }

    // Found from outside, no. 28
    @Test func `what a message cannot be here is cut or named, and loses nobody's class`() throws {
        func message(_ text: String, _ type: String) throws -> SeedMessage {
            let row: JSONObject = [
                "id": 1, "session_id": 1, "user_id": 1, "message": .string(text), "message_type": .string(type),
                "created_at": "2025-03-15 10:06:00",
            ]
            return try #require(try SeedMessage(SeedRow(file: "f", line: 1, object: row), zone: .gmt))
        }
        #expect(try message("a", "Question").notes == [])
        #expect(try message("a", "Question").kind == .question)
        #expect(try message("a", "system").kind == .text)
        #expect(try message("a", "system").notes == ["message_type is not one of this hub, and becomes text"])
        let most = String(repeating: "é", count: 16_000)
        #expect(try message(most, "text").notes == [])
        let long = try message(most + "é", "text")
        #expect(long.text == most)
        #expect(long.notes == ["message has 16001 characters, and ends after 16000"])
    }

    // Found from outside, no. 28
    @Test(
        arguments: [
            ("uploads/a.png", nil), ("javascript:alert(1)", nil),
            ("https://school.example/a.png", "https://school.example/a.png"),
            ("/uploads/a.png", "/uploads/a.png"),
        ] as [(String, String?)])
    func `an address that no page may link to is left out, and named`(text: String, taken: String?) throws {
        let row = SeedRow(file: "f", line: 1, object: ["thumbnail_url": .string(text)])
        var notes: [String] = []
        #expect(SeedFields(row, zone: .gmt).webAddress("thumbnail_url", &notes) == taken)
        #expect(notes.count == (taken == nil ? 1 : 0))
    }

    // Found from outside, no. 28
    @Test(
        arguments: [
            (.string("12.50"), 12), (.number(12.5), 12), (.string("12"), 12), (.integer(12), 12), (.string("-0.5"), 0),
            (.string(""), nil), (.null, nil),
        ] as [(JSON, Int64?)])
    func `a part of a minute is none`(value: JSON, minutes: Int64?) throws {
        let row = SeedRow(file: "f", line: 1, object: ["attendance_duration": value])
        #expect(try SeedFields(row, zone: .gmt).minutes("attendance_duration") == minutes)
    }

    // Found from outside, no. 28
    @Test func `control characters are blanked, and what is no text is refused`() throws {
        var row: JSONObject = [
            "id": 1, "session_id": 1, "user_id": 1, "message": "a\u{8}b\nc", "created_at": "2025-03-15 10:06:00",
        ]
        func message() throws -> String? { try SeedMessage(SeedRow(file: "f", line: 1, object: row), zone: .gmt)?.text }
        #expect(try message() == "a b\nc")
        for value in [nil, .null, true, []] as [JSON?] {
            row["message"] = value
            #expect(throws: HubError.self) { try message() }
        }
    }

    private static func session(_ more: JSONObject) throws -> SeedSession {
        var row: JSONObject = [
            "id": 31, "course_id": 1, "instructor_id": 2, "title": "A class", "status": "ended",
            "scheduled_start_at": "2026-12-10 10:00:00", "scheduled_end_at": "2026-12-10 11:00:00",
            "updated_at": "2025-03-01 10:15:00",
        ]
        for member in more.members { row[member.name] = member.value }
        return try SeedSession(SeedRow(file: "f", line: 1, object: row), zone: .gmt)
    }

    // Found from outside, no. 28
    @Test(arguments: ["2025-03-01 10:15:00", "2025-01-01 00:00:00", "2025-03-01 10:30:00"])
    func `a class that had ended before its schedule came keeps its attendance`(written: String) throws {
        let session = try Self.session(["updated_at": .string(written)])
        let stay: JSONObject = [
            "id": 1, "session_id": 31, "user_id": 7, "joined_at": "2025-03-01 10:10:00",
            "left_at": "2025-03-01 10:20:00", "attendance_duration": 10,
        ]
        let participant = try SeedParticipant(SeedRow(file: "f", line: 1, object: stay), zone: .gmt)
        let now = try #require(Timestamp("2026-06-01T00:00:00Z"))
        let history = SeedHistory(session.session, [participant], now: now, windows: ClassWindows())
        #expect(history.start?.text == "2025-03-01T10:10:00Z" && history.end?.text == "2025-03-01T10:20:00Z")
        let segments = history.segments(of: participant, now: now)
        #expect(segments.map(\.from.text) == ["2025-03-01T10:10:00Z"])
        #expect(segments.map(\.to.text) == ["2025-03-01T10:20:00Z"])
    }

    // Found from outside, no. 28
    @Test(arguments: [(0, 50), (-5, 50), (1, 1), (100_000, 100_000), (9_999_999, 100_000)] as [(Int64, Int64)])
    func `a number of places that cannot be is named`(given: Int64, taken: Int64) throws {
        let session = try Self.session(["max_participants": .integer(given)])
        #expect(session.session.maxParticipants == taken)
        #expect(session.notes == (given == taken ? [] : ["max_participants is \(given), and becomes \(taken)"]))
    }

    // Found from outside, no. 28
    @Test func `a start that is still ahead is named`() throws {
        let now = try #require(Timestamp("2026-06-01T00:00:00Z"))
        let ahead = try Self.session(["actual_start_at": "2026-12-10 10:00:00"])
        #expect(ahead.remarks(now: now) == ["actual_start_at is ahead, and becomes now"])
        #expect(try Self.session([:]).remarks(now: now) == [])
    }
}
