import Foundation
import StrictJSON
import Testing

@testable import SessionHub

/// Dumps as people make them, and what the rows become.
@Suite("The seed's dumps")
struct SeedDumpTests {
    private static func dump(_ text: String, _ table: SeedTable = .chat) -> SeedDump {
        SeedDump(Array(text.utf8), file: "dump", table: table)
    }

    // Found from outside, no. 28
    @Test(arguments: [
        #"{"id":1,"message":"a, \"b\"","left_at":null}"# + "\n",
        #"{"live_session_chat":{"id":"1","message":"a, \"b\"","left_at":null}}"#,
        #"[{"id":"1","message":"a, \"b\"","left_at":null}]"#,
        #"[{"type":"header"},{"type":"database","name":"d"},{"type":"table","name":"events","data":[{"id":"9"}]},"#
            + #"{"type":"table","name":"live_session_chat","data":[{"id":"1","message":"a, \"b\"","left_at":null}]}]"#,
        "id,message,left_at\n1,\"a, \"\"b\"\"\",NULL\n", "\u{FEFF}ID;Message;left_at\r\n1;\"a, \"\"b\"\"\";\r\n",
        "\"id\",\"message\",\"left_at\"\r\"1\",\"a, \"\"b\"\"\",\\N\r",
        "id\tmessage\tleft_at\n1\ta, \"b\"\tNULL\n", "id\tmessage\tleft_at\r\n1\ta, \"b\"\t\\N\r\n",
    ]) func `every form of a dump gives the same row`(text: String) throws {
        let dump = Self.dump(text)
        #expect(dump.faults == [])
        let row = try #require(dump.rows.first?.object)
        #expect(dump.rows.count == 1)
        #expect(row["id"] == .integer(1) || row["id"] == .string("1"))
        #expect(row["message"] == .string("a, \"b\"") && row["left_at"] == .null)
    }

    // Found from outside, no. 28
    @Test func `what MySQL's client escapes is read back, and what stands in quotes is text`() {
        let batch = Self.dump("id\tmessage\n1\tone\\ntwo\\tthree\\\\n\n")
        #expect(batch.rows.first?.object["message"] == .string("one\ntwo\tthree\\n"))
        let quoted = Self.dump("id,message\n1,\"NULL\"\n2,\"line\n2\"\n3,x\n")
        #expect(quoted.rows.map { $0.object["message"] } == [.string("NULL"), .string("line\n2"), .string("x")])
        #expect(quoted.rows.map(\.line) == [2, 3, 5])
    }

    // Found from outside, no. 28
    @Test(arguments: [
        "message,text\n", "id,message\n1\n", "id,id\n1,2\n", "{\"id\":1\n", "{}x", "[1]", "7",
        "id,message\n1,\"a\n",
        "PK\u{3}\u{4}", #"[{"type":"table","name":"events","data":[]}]"#,
        #"[{"type":"table","name":"live_session_chat","data":null}]"#, "[[]]", "[",
    ]) func `what is no dump is a fault, never nothing`(text: String) {
        #expect(!Self.dump(text).faults.isEmpty)
    }

    // Found from outside, no. 28
    @Test(arguments: [
        "", "\n", "id,message\n", "id\tmessage\n", "\"id\",\"message\"", "[]", " [\n]\n",
        #"[{"type":"header"},{"type":"table","name":"live_session_chat","data":[]}]"#,
        #"{"type":"table","name":"live_session_chat","database":"d","data":[]}"#,
    ])
    func `an empty table has no row and no fault`(text: String) {
        let dump = Self.dump(text)
        #expect(dump.faults == [] && dump.rows.isEmpty && dump.isEmptyTable)
    }

    // Found from outside, no. 28
    @Test func `a line that is not UTF-8 is a fault with its place, and nothing is guessed`() {
        for text in ["id\tmessage\n1\tcaf\u{E9}\n", "id\tmessage\n1\tcaf\u{E9}\\n\n"] {
            let dump = SeedDump(text.unicodeScalars.map { UInt8($0.value) }, file: "dump", table: .chat)
            #expect(dump.rows.isEmpty)
            #expect(dump.faults.count == 1 && dump.faults[0].contains("dump: line 2: byte 6 (E9) is not UTF-8"))
            #expect(dump.faults.contains { $0.contains("--default-character-set=utf8mb4") })
        }
    }

    // Found from outside, no. 28
    @Test(arguments: [
        "{\"id\":1}\n{\"id\":2,\"message\":\"caf\u{E9}\"}\n", "[{\"id\":1},\n{\"id\":2,\"message\":\"caf\u{E9}\"}]",
        "id,message\n2,caf\u{E9}\n", "id;message\n2;\"caf\u{E9}\"\n",
    ]) func `another encoding is refused by line and byte in every form, and says what to do`(text: String) {
        let dump = SeedDump(text.unicodeScalars.map { UInt8($0.value) }, file: "dump", table: .chat)
        #expect(dump.faults.count == 1, "\(dump.faults)")
        #expect(dump.faults.first?.contains("dump: line 2: byte ") == true, "\(dump.faults)")
        #expect(dump.faults.first?.contains("(E9) is not UTF-8") == true)
        #expect(dump.faults.first?.contains("iconv -f WINDOWS-1252 -t UTF-8") == true)
    }

    // Found from outside, no. 28
    @Test(arguments: [
        "{\"id\":\"1\",\"message\":\"café œ\"}\n", "id,message\n1,café œ\n", "id\tmessage\n1\tcafé œ\n",
        "[{\"id\":\"1\",\"message\":\"café œ\"}]",
    ]) func `UTF-16 is read by its mark in every form`(text: String) {
        let units = Array("\u{FEFF}\(text)".utf16)
        let little = units.flatMap { unit -> [UInt8] in [UInt8(unit & 0xFF), UInt8(unit >> 8)] }
        let big = units.flatMap { unit -> [UInt8] in [UInt8(unit >> 8), UInt8(unit & 0xFF)] }
        for bytes in [little, big] {
            let dump = SeedDump(bytes, file: "dump", table: .chat)
            #expect(dump.faults == [] && dump.rows.map { $0.object["message"] } == [.string("café œ")])
        }
        #expect(SeedDump(Array(little.dropFirst(2)), file: "dump", table: .chat).faults.count == 1)
    }

    // Found from outside, no. 28
    @Test func `NULL is text where there is always text, and nothing elsewhere`() {
        for text in ["id\tmessage\tx\n1\tNULL\tNULL\n", "ID,Message,X\n1,NULL,NULL\n"] {
            let dump = Self.dump(text)
            #expect(dump.rows.map { [$0.object["message"], $0.object["x"]] } == [[.string("NULL"), .null]])
        }
        #expect(Self.dump("id,title,location\n1,NULL,NULL\n", .events).rows.first?.object["title"] == .string("NULL"))
        #expect(Self.dump("id,title\n1,NULL\n", .sessions).rows.first?.object["title"] == .string("NULL"))
    }

    // Found from outside, no. 28
    @Test(arguments: [
        ("live_sessions.csv", SeedTable.sessions), ("/x/mdsc_auth.live_sessions_2026.jsonl", .sessions),
        ("live_session_participants.tsv", .participants), ("LIVE_SESSION_CHAT.json", .chat),
        ("/events/events.csv", .events),
        ("/events/dump.csv", nil), ("people.csv", nil),
    ]) func `a file's name says its table`(file: String, table: SeedTable?) {
        #expect(SeedTable(named: file) == table)
    }

    private static func moment(_ text: String, _ zone: String) throws -> String? {
        let row = SeedRow(file: "f", line: 1, object: ["at": .string(text)])
        return try SeedFields(row, zone: try #require(TimeZone(identifier: zone))).moment("at")?.text
    }

    // Found from outside, no. 28
    @Test(
        arguments: [
            ("2026-03-15 10:00:00", "Africa/Porto-Novo", "2026-03-15T09:00:00Z"),
            ("2026-03-15T10:00:00", "Africa/Porto-Novo", "2026-03-15T09:00:00Z"),
            ("2026-03-15 10:00:00.500000", "Europe/Paris", "2026-03-15T09:00:00.500Z"),
            ("2026-03-15T10:00:00.000Z", "Europe/Paris", "2026-03-15T10:00:00Z"),
            ("2026-03-15", "Europe/Paris", "2026-03-14T23:00:00Z"), ("0000-00-00 00:00:00", "Europe/Paris", nil),
            // Clocks skip this hour, and show that one twice.
            ("2026-03-29 02:30:00", "Europe/Paris", "2026-03-29T01:00:00Z"),
            ("2026-10-25 02:30:00", "Europe/Paris", "2026-10-25T00:30:00Z"),
        ] as [(String, String, String?)]) func `a DATETIME is read by the clocks of its zone`(
            text: String, zone: String, expected: String?
        ) throws
    {
        #expect(try Self.moment(text, zone) == expected)
    }

    // Found from outside, no. 28
    @Test(arguments: [
        "15/03/2026 10:00", "2026-02-30 10:00:00", "soon", "2026-03-15 25:00:00", "1773565200",
        "0000-01-01 00:05:00",
    ])
    func `what is no DATETIME is refused`(text: String) {
        #expect(throws: HubError.self) { try Self.moment(text, "Europe/Paris") }
    }

    // MARK: - What became of a class

    private static func history(
        _ status: String, start: String? = nil, end: String? = nil, updated: String? = nil,
        stays: [(String, String?, Int64)] = [],
        now: String = "2026-06-01T00:00:00Z"
    ) throws -> (history: SeedHistory, seconds: [Int64]) {
        var object: JSONObject = [
            "id": 1, "course_id": 1, "instructor_id": 10, "title": "x", "scheduled_start_at": "2026-03-15T10:00:00Z",
            "scheduled_end_at": "2026-03-15T12:00:00Z", "status": .string(status),
        ]
        object["actual_start_at"] = .optional(start.map { "2026-03-15T\($0):00Z" })
        object["actual_end_at"] = .optional(end.map { "2026-03-15T\($0):00Z" })
        object["updated_at"] = .optional(updated.map { "2026-03-15T\($0):00Z" })
        let session = try SeedSession(SeedRow(file: "f", line: 1, object: object), zone: .gmt)
        let people = try stays.enumerated().map { index, stay in
            try SeedParticipant(
                SeedRow(
                    file: "f", line: index,
                    object: [
                        "id": .integer(Int64(index + 1)), "session_id": 1, "user_id": .integer(Int64(index + 20)),
                        "joined_at": .string("2026-03-15T\(stay.0):00Z"),
                        "left_at": .optional(stay.1.map { "2026-03-15T\($0):00Z" }),
                        "attendance_duration": .integer(stay.2), "is_present": .bool(stay.1 == nil),
                    ]), zone: .gmt)
        }
        let moment = try #require(Timestamp(now))
        let history = SeedHistory(session.session, people, now: moment, windows: ClassWindows())
        let seconds = people.map { person in
            let segments = history.segments(of: person, now: moment).map { from, to in
                AttendanceSegment(user: 1, joinedAt: from, lastSeenAt: to, leftAt: to, source: .rest)
            }
            return AttendanceSum(of: segments, start: history.start, end: history.end, now: moment).seconds / 60
        }
        return (history, seconds)
    }

    // Found from outside, no. 28
    @Test func `an old class arrives as ended, with the minutes that the seed counted`() throws {
        for (status, start, end, stays, times, minutes) in [
            ("ended", "10:02", "11:50", [("10:05", "11:00", 55)], ("10:02", "11:50"), [55]),
            // Left once before, and the seed forgot when.
            ("ended", "10:00", "12:00", [("11:30", "11:50", 50)], ("10:00", "12:00"), [50]),
            // Never left: there until the end; before that half an hour.
            ("ended", "10:00", "12:00", [("11:00", nil, 30)], ("10:00", "12:00"), [90]),
            // Leaving twice was counted twice: no more than the class allows.
            ("ended", "10:00", "12:00", [("11:00", "11:30", 500)], ("10:00", "12:00"), [90]),
            ("ended", nil, nil, [("10:10", "11:10", 60), ("10:20", "11:40", 80)], ("10:10", "11:40"), [60, 80]),
            ("scheduled", nil, nil, [("10:10", "11:10", 60)], ("10:10", "11:10"), [60]),
            ("scheduled", nil, nil, [], ("10:00", "12:00"), []), ("live", "10:03", nil, [], ("10:03", "12:00"), []),
            ("live", "10:03", nil, [("10:05", nil, 0)], ("10:03", "12:00"), [115]),
        ] as [(String, String?, String?, [(String, String?, Int64)], (String, String), [Int64])] {
            let found = try Self.history(status, start: start, end: end, stays: stays)
            #expect(found.history.status == .ended)
            #expect(found.history.start?.text == "2026-03-15T\(times.0):00Z", "\(status) \(stays)")
            #expect(found.history.end?.text == "2026-03-15T\(times.1):00Z", "\(status) \(stays)")
            #expect(found.seconds == minutes, "\(status) \(stays)")
        }
    }

    // Found from outside, no. 28
    @Test func `an ended class has no attendance beyond what is known of it`() throws {
        let (soon, late) = ("2026-03-15T10:45:00Z", "2026-06-01T00:00:00Z")
        for (now, updated, stays, times, minutes) in [
            (soon, "10:30", [("10:05", nil, 0)], ("10:05", "10:30"), [25]),
            (late, "10:30", [("10:05", nil, 0)], ("10:05", "10:30"), [25]),
            (late, "10:30", [("10:05", nil, 0), ("10:10", "10:40", 30)], ("10:05", "10:40"), [35, 30]),
            (late, "15:00", [("10:05", nil, 0)], ("10:05", "12:00"), [115]),
            // Written before the class: the schedule is all there is, or what the participants did.
            (late, "08:00", [("10:05", nil, 0)], ("10:05", "12:00"), [115]),
            (soon, "08:00", [("10:05", nil, 0), ("10:10", "10:20", 10)], ("10:05", "10:20"), [15, 10]),
            (soon, nil, [("10:05", nil, 0)], ("10:05", "10:05"), [0]),
            ("2026-03-15T09:00:00Z", "08:00", [], ("08:00", "08:00"), []),
        ] as [(String, String?, [(String, String?, Int64)], (String, String), [Int64])] {
            let found = try Self.history("ended", updated: updated, stays: stays, now: now)
            #expect(found.history.start?.text == "2026-03-15T\(times.0):00Z", "\(now) \(stays)")
            #expect(found.history.end?.text == "2026-03-15T\(times.1):00Z", "\(now) \(stays)")
            #expect(found.seconds == minutes, "\(now) \(stays)")
        }
    }

    // Found from outside, no. 28
    @Test func `the end is the host's only where the seed knows when`() throws {
        #expect(try Self.history("ended", start: "10:00", end: "11:50").history.endedBy == "host")
        for status in ["ended", "scheduled", "live"] {
            #expect(try Self.history(status, start: "10:00").history.endedBy == "system")
            #expect(try Self.history(status).history.endedBy == "system")
        }
        #expect(try Self.history("cancelled").history.endedBy == nil)
        #expect(try Self.history("live", now: "2026-03-15T11:00:00Z").history.endedBy == nil)
    }

    // Found from outside, no. 28
    @Test func `numbers that nothing could count with are refused, and the largest are counted`() throws {
        let largest = Int64(UInt32.max)
        for (start, end) in [("10:00", "12:00"), (nil, nil)] as [(String?, String?)] {
            let found = try Self.history("ended", start: start, end: end, stays: [("11:00", "11:30", largest)])
            #expect(found.seconds == [start == nil ? 30 : 90])
        }
        for minutes in [largest + 1, 200_000_000_000_000, .max] {
            #expect(throws: HubError.self) { try Self.history("ended", stays: [("11:00", "11:30", minutes)]) }
        }
        #expect(try Self.history("ended", stays: [("11:00", "11:30", .min)]).seconds == [30])
        for id in [Int64.min, 0, 9_007_199_254_740_991, .max] {
            let row = SeedRow(file: "f", line: 1, object: ["id": .integer(id)])
            #expect(throws: HubError.self) { try SeedFields(row, zone: .gmt).id("id") }
        }
        #expect(throws: HubError.self) { try Self.moment("9999-12-31 23:59:59", "America/New_York") }
        #expect(try Self.moment("9999-12-31 23:59:59", "UTC") == "9999-12-31T23:59:59Z")
    }

    // Found from outside, no. 28
    @Test func `what is ahead, running or called off stays what it is`() throws {
        let soon = "2026-03-15T09:00:00Z"
        #expect(try Self.history("scheduled", now: soon).history.status == .scheduled)
        #expect(try Self.history("scheduled", now: "2026-03-15T13:00:00Z").history.status == .scheduled)
        #expect(try Self.history("scheduled", now: "2026-03-15T13:00:01Z").history.status == .ended)
        let live = try Self.history("live", start: "10:01", now: "2026-03-15T11:00:00Z").history
        #expect(live.status == .live && live.start?.text == "2026-03-15T10:01:00Z" && live.end == nil)
        #expect(try Self.history("cancelled").history.status == .cancelled)
    }
}
