import Foundation
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

@Suite("The executable: import-seed", .timeLimit(.minutes(5)))
struct ImportSeedTests {
    private static let directory = """
        {"user":{"id":2,"email":"odile@school.example","first_name":"Odile","role":"instructor"}}
        {"course":{"id":1,"title":"Réseaux","instructor_id":2,"time_zone":"Africa/Porto-Novo"}}
        {"user":{"id":7,"email":"koffi@school.example","first_name":"Koffi"}}
        {"user":{"id":8,"email":"awa@school.example","first_name":"Awa"}}
        {"enrollment":{"id":31,"course_id":1,"user_id":7}}
        {"enrollment":{"id":32,"course_id":1,"user_id":8}}
        """

    private static let sessions = """
        id,course_id,instructor_id,title,description,scheduled_start_at,scheduled_end_at,actual_start_at,actual_end_at,jitsi_room_name,jitsi_server_url,jitsi_room_password,max_participants,is_recording_enabled,recording_url,status,created_at,updated_at
        40,1,2,"Séance 1, suite",NULL,2025-03-15 10:00:00,2025-03-15 12:00:00,2025-03-15 10:02:00,2025-03-15 11:50:00,mdsc-40,https://meet.jit.si,pw,50,1,https://v.example/40,ended,2025-03-01 08:00:00,2025-03-15 11:50:00
        41,1,2,Jamais finie,\\N,2025-03-16 10:00:00,2025-03-16 12:00:00,0000-00-00 00:00:00,,mdsc-41,,,,0,,scheduled,2025-03-01 08:00:00,2025-03-01 08:00:00
        42,1,2,À venir,,2096-03-16 10:00:00,2096-03-16 12:00:00,NULL,NULL,mdsc-42,https://meet.jit.si,pw,30,0,NULL,scheduled,2025-03-01 08:00:00,2025-03-01 08:00:00

        """
    private static let participants = """
        {"id":900,"session_id":40,"user_id":7,"enrollment_id":31,"joined_at":"2025-03-15 10:05:00","left_at":"2025-03-15 11:00:00","attendance_duration":55,"is_present":0,"role":"participant","created_at":"2025-03-15 10:05:00"}
        {"id":901,"session_id":40,"user_id":2,"enrollment_id":null,"joined_at":"2025-03-15 10:02:00","left_at":null,"attendance_duration":0,"is_present":1,"role":"participant","created_at":"2025-03-15 10:02:00"}

        """
    private static let chat =
        "id\tsession_id\tuser_id\tmessage\tmessage_type\tcreated_at\n"
        + "70\t40\t7\tBonjour\\nà tous\ttext\t2025-03-15 10:06:00\n71\t40\t2\tOui\tanswer\t2025-03-15 10:07:00\n"
    private static let events = """
        [{"type":"header"},{"type":"table","name":"events","data":[
        {"id":"5","title":"Congé","description":null,"event_type":"announcement","start_date":"2026-04-06 00:00:00","end_date":null,
         "is_all_day":"1","location":null,"is_public":"0","is_online":"0","course_id":"1","created_by":"2",
         "created_at":"2025-03-01 08:00:00","updated_at":"2025-03-01 08:00:00"}]}]
        """
    private static let files = [
        "live_sessions.csv", "live_session_participants.jsonl", "live_session_chat.tsv", "events.json",
    ]

    private func seed(_ more: [String] = [], files: [String] = files, in folder: TestFolder) async throws
        -> HubProcess.Result
    {
        try await HubProcess.run(["import-seed", "--zone", "Africa/Porto-Novo"] + more + files, in: folder)
    }

    private func folder() async throws -> TestFolder {
        let folder = try TestFolder()
        for (text, name) in zip(
            [Self.directory, Self.sessions, Self.participants, Self.chat, Self.events], ["people.ndjson"] + Self.files)
        {
            try folder.write(text, to: name)
        }
        let people = try await HubProcess.run(["import", "people.ndjson"], in: folder)
        #expect(people.ending == .exit(0), "\(people.errors)")
        return folder
    }

    private static let counts = "3 live sessions, 2 participants, 2 messages, 1 events\n"

    // Found from outside, no. 28
    @Test func `a dump is taken with its ids, and a second run changes nothing`() async throws {
        let folder = try await folder()
        let dry = try await seed(["--dry-run"], in: folder)
        #expect(dry.output == "would import \(Self.counts)", "\(dry.errors)")
        #expect(try await seed(in: folder).output == "imported \(Self.counts)")
        let again = try await seed(in: folder)
        #expect(again.ending == .exit(0))
        #expect(
            again.output
                == "imported 0 live sessions, 0 participants, 0 messages, 0 events\nknown already: \(Self.counts)")
        let (process, port) = try await HubProcess.serve(folder)
        let hub = RunningHub(port: port)
        let token = try hub.token(7, email: "koffi@school.example")
        func get(_ path: String) async throws -> JSON { try await hub.http.send("GET", path, token: token).data }
        let over = try await get("/api/live-sessions/40")
        #expect(over["status"] == "ended" && over["title"] == "Séance 1, suite")
        #expect(over["actual_start_at"] == "2025-03-15T09:02:00Z" && over["actual_end_at"] == "2025-03-15T10:50:00Z")
        let shelves = try await get("/api/student/live-sessions")
        #expect(shelves["past"]?.arrayValue?.map { $0["id"] } == [41, 40])
        #expect(shelves["past"]?.arrayValue?.map { $0["attendance_duration"] } == [0, 55])
        #expect(shelves["past"]?.arrayValue?.first?["status"] == "ended", "not scheduled for ever")
        #expect(shelves["upcoming"]?.arrayValue?.map { $0["id"] } == [42])
        let people = try await get("/api/live-sessions/40/participants").arrayValue ?? []
        #expect(people.map { $0["id"] } == [900, 901] && people.map { $0["role"] } == ["participant", "instructor"])
        #expect(people.map { $0["attendance_duration"] } == [55, 108])
        let said = try await get("/api/live-sessions/40/chat")["messages"]?.arrayValue ?? []
        #expect(said.map { $0["id"] } == [70, 71] && said.first?["message"] == "Bonjour\nà tous")
        let told = try await get("/api/live-sessions/40/events")["events"]?.arrayValue ?? []
        #expect(told.map { $0["type"] } == ["session.started", "chat.message", "chat.message", "session.ended"])
        #expect(told.map { $0["seq"] } == [1, 2, 3, 4])
        let event = try await get("/api/calendar/event-5")
        #expect(event["start_date"] == "2026-04-06" && event["start"] == "2026-04-05T23:00:00Z")
        // The next ids are fresh ones, and the room of a class to come is not the seed's.
        let teacher = try hub.token(2, role: .instructor, email: "odile@school.example")
        let ahead = try await hub.http.send("GET", "/api/live-sessions/42", token: teacher).data
        #expect(ahead["jitsi_room_name"]?.stringValue?.hasPrefix("mdsc-course-1-session-42-") == true)
        let next = try await hub.expectOK(
            "POST", "/api/courses/1/live-sessions", token: teacher,
            json: [
                "title": "Nouvelle", "scheduled_start_at": .string((hub.now - 60_000).text),
                "scheduled_end_at": .string((hub.now + 3_600_000).text),
            ])
        #expect(next["id"] == 43)
        try await hub.expectOK("POST", "/api/live-sessions/43/start", token: teacher)
        try await hub.expectOK("POST", "/api/live-sessions/43/join", token: token)
        let joined = try await hub.expectOK("GET", "/api/live-sessions/43/participants", token: teacher)
        #expect(joined.arrayValue?.map { $0["id"] } == [902])
        let busy = try await seed(in: folder)
        #expect(busy.ending == .exit(1) && busy.errors.contains("stop it for this import"))
        try await process.stop()
        #expect(try await HubProcess.run(["doctor"], in: folder).ending == .exit(0))
    }

    // Found from outside, no. 28
    @Test(arguments: [
        (
            "live_sessions.csv", "41,1,2,Jamais", "41,9,2,Jamais",
            "live_sessions.csv: line 3, course_id: there is no course 9"
        ),
        (
            "live_sessions.csv", "41,1,2,Jamais", "40,1,2,Jamais",
            "live_sessions.csv: line 3, id: the id 40 stands above"
        ),
        // As at every other door, nothing that JavaScript could not tell apart (`ExactIDTests`).
        (
            "live_sessions.csv", "41,1,2,Jamais", "9007199254740992,1,2,Jamais",
            "live_sessions.csv: line 3, id: id is no id"
        ),
        (
            "live_session_chat.tsv", "71\t40\t2", "71\t40\t9007199254740992",
            "live_session_chat.tsv: line 3, user_id: user_id is no id"
        ),
        ("live_sessions.csv", "2025-03-16 12:00:00", "2025-03-16 09:00:00", "line 3, scheduled_end_at"),
        ("live_sessions.csv", "ended,2025", "finished,2025", "live_sessions.csv: line 2, status"),
        (
            "live_session_participants.jsonl", "\"user_id\":7", "\"user_id\":99",
            "participants.jsonl: line 1, user_id: nobody has the id 99"
        ),
        (
            "live_session_participants.jsonl", "\"session_id\":40,\"user_id\":2", "\"session_id\":39,\"user_id\":2",
            "participants.jsonl: line 2, session_id"
        ),
        (
            "live_session_participants.jsonl", "\"user_id\":2", "\"user_id\":7",
            "line 2, user_id: this person stands in the class 40"
        ),
        ("live_session_participants.jsonl", "11:00:00", "10:00:00", "line 1, left_at: left_at is before joined_at"),
        (
            "live_session_participants.jsonl", "\"attendance_duration\":55",
            "\"attendance_duration\":200000000000000",
            "participants.jsonl: line 1, attendance_duration: attendance_duration must be at most 4294967295"
        ),
        (
            "live_session_chat.tsv", "2025-03-15 10:07:00", "0000-00-00 00:00:00",
            "live_session_chat.tsv: line 3, created_at"
        ),
        (
            "events.json", "\"created_by\":\"2\"", "\"created_by\":\"77\"",
            "events.json: line 1, created_by: nobody has the id 77"
        ),
    ]) func `one bad row is named by its file and line, and nothing is taken`(
        file: String, old: String, new: String, sentence: String
    ) async throws {
        let folder = try await folder()
        let text = try String(contentsOfFile: folder.file(file), encoding: .utf8)
        try #require(text.contains(old))
        try folder.write(text.replacing(old, with: new, maxReplacements: 1), to: file)
        let result = try await seed(in: folder)
        #expect(result.ending == .exit(1) && result.output == "")
        #expect(result.errors.contains(sentence), "\(result.errors)")
        try folder.write(text, to: file)
        #expect(try await seed(in: folder).output == "imported \(Self.counts)", "nothing was there before")
    }

    // Found from outside, no. 28
    @Test func `what this hub cannot keep as it stands is named by line, and loses nobody's class`() async throws {
        let folder = try await folder()
        let changes = [
            ("live_sessions.csv", "https://v.example/40", "javascript:alert(1)"),
            ("live_session_chat.tsv", "answer", "shout"),
        ]
        for (file, old, new) in changes {
            let text = try String(contentsOfFile: folder.file(file), encoding: .utf8)
            try #require(text.contains(old))
            try folder.write(text.replacing(old, with: new, maxReplacements: 1), to: file)
        }
        let notes = """
            not taken as it stands in the dump: 2
            live_sessions.csv: line 2, recording_url is no address that starts with https://, and is left out.
            live_session_chat.tsv: line 3, message_type is not one of this hub, and becomes text.

            """
        #expect(try await seed(["--dry-run"], in: folder).output == "would import \(Self.counts)\(notes)")
        let result = try await seed(in: folder)
        #expect(result.ending == .exit(0) && result.output == "imported \(Self.counts)\(notes)", "\(result.errors)")
    }

    // Found from outside, no. 28
    @Test func `what is unknown may be left out, and a dump that changed is not taken twice`() async throws {
        let folder = try await folder()
        let text = try String(contentsOfFile: folder.file("live_session_participants.jsonl"), encoding: .utf8)
        try folder.write(text.replacing("\"user_id\":7", with: "\"user_id\":99"), to: "live_session_participants.jsonl")
        try folder.write(Self.chat.replacing("71\t40\t2", with: "71\t40\t99"), to: "live_session_chat.tsv")
        let some = try await seed(["--skip-unknown"], in: folder)
        #expect(
            some.output
                == "imported 3 live sessions, 1 participants, 1 messages, 1 events\nleft out: 2 rows that name what the hub does not have\n"
        )
        // What was left out is not known the second time.
        let again = try await seed(["--skip-unknown"], in: folder)
        #expect(
            again.output
                == "imported 0 live sessions, 0 participants, 0 messages, 0 events\nknown already: 3 live sessions, 1 participants, 1 messages, 1 events\nleft out: 2 rows that name what the hub does not have\n"
        )
        try folder.write(text, to: "live_session_participants.jsonl")
        let other = try await seed(in: folder)
        #expect(
            other.ending == .exit(1)
                && other.errors.contains("line 2, id: the live session 40 was imported from another dump"))
    }

    // Found from outside, no. 28
    @Test func `a message that says NULL is taken, and one that says nothing is left out`() async throws {
        let folder = try await folder()
        let more =
            Self.chat + "72\t40\t7\tNULL\ttext\t2025-03-15 10:08:00\n73\t40\t7\t \ttext\t2025-03-15 10:09:00\n"
            + "74\t40\t7\t\u{200B}\ttext\t2025-03-15 10:09:00\n75\t40\t7\ta\u{7}b\ttext\t2025-03-15 10:10:00\n"
        try folder.write(more, to: "live_session_chat.tsv")
        let left = "left out: 2 messages in which nothing can be seen\n"
        let result = try await seed(in: folder)
        let counts = "3 live sessions, 2 participants, 4 messages, 1 events\n"
        #expect(result.output == "imported \(counts)\(left)", "\(result.errors)")
        let again = try await seed(in: folder)
        #expect(again.ending == .exit(0) && again.output.hasSuffix("\(counts)\(left)"), "\(again.output)")
        let (process, port) = try await HubProcess.serve(folder)
        let hub = RunningHub(port: port)
        let token = try hub.token(7, email: "koffi@school.example")
        let chat = try await hub.http.send("GET", "/api/live-sessions/40/chat", token: token).data
        let said = chat["messages"]?.arrayValue
        #expect(said?.map { $0["message"] } == ["Bonjour\nà tous", "Oui", "NULL", "a b"])
        try await process.stop()
    }

    // Found from outside, no. 28
    @Test func `ids that the hub has given are not taken`() async throws {
        let folder = try await folder()
        let (process, port) = try await HubProcess.serve(folder)
        let hub = RunningHub(port: port)
        for _ in 1...2 {
            try await hub.expectOK(
                "POST", "/api/courses/1/live-sessions",
                json: [
                    "title": "Ici", "scheduled_start_at": "2096-01-01T10:00:00Z",
                    "scheduled_end_at": "2096-01-01T11:00:00Z",
                ])
        }
        try await process.stop()
        try folder.write(Self.sessions.replacing("42,1,2", with: "2,1,2"), to: "live_sessions.csv")
        let result = try await seed(in: folder)
        #expect(result.ending == .exit(1))
        #expect(
            result.errors.contains(
                "live_sessions.csv: line 4, id: the hub has a live session of its own with the id 2."))
    }

    // Found from outside, no. 28
    @Test(arguments: [
        ["import-seed", "live_sessions.csv"], ["import-seed", "--zone", "Mars/Base", "live_sessions.csv"],
        ["import-seed", "--zone", "UTC"], ["import-seed", "--zone", "UTC", "missing_events.csv"],
        ["import-seed", "--zone", "UTC", "people.ndjson"],
    ]) func `a command that makes no sense is refused`(arguments: [String]) async throws {
        let result = try await HubProcess.run(arguments, in: try await folder())
        #expect(result.ending != .exit(0) && result.output == "" && !result.errors.isEmpty)
    }
}
