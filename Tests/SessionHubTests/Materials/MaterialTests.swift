import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

@Suite("Materials", .timeLimit(.minutes(3)))
struct MaterialTests {
    static let rfc: JSON = ["client_id": "m1", "title": "RFC 6455", "url": "https://www.rfc-editor.org/rfc/rfc6455#p"]
    private static let words = "a title that nobody should read any more"
    private static let address = "https://nobody.example/should-go-there-any-more"

    @Test(arguments: [1, 2])
    func `a host puts up materials that everybody is shown, who is there and who comes`(loops: Int) async throws {
        try await Classroom.with({ $0.loops = loops }) { room in
            let session = try await room.live()
            let (teacher, _) = try await room.enter(session, .teacher)
            let (awa, welcome) = try await room.enter(session, .awa)
            #expect(welcome["materials"] == [] && welcome["task"] == .null)
            let first = try await teacher.ok("material.add", Self.rfc)
            let told = try await awa.event("material.added")
            #expect(
                told
                    == [
                        "seq": first["seq"] ?? .null, "type": "material.added", "at": told["at"] ?? .null,
                        "id": first["id"] ?? .null, "by": Someone.teacher.actor("instructor"), "title": "RFC 6455",
                        "url": "https://www.rfc-editor.org/rfc/rfc6455#p",
                    ])
            let second = try await teacher.ok(
                "material.add", ["client_id": "m2", "title": " La  page\nd’après ", "url": "HTTP://ecole.example:8080"])
            let shown: JSON = [
                [
                    "id": first["id"] ?? .null, "title": "RFC 6455", "url": "https://www.rfc-editor.org/rfc/rfc6455#p",
                ],
                ["id": second["id"] ?? .null, "title": "La  page d’après", "url": "HTTP://ecole.example:8080"],
            ]
            #expect(try await room.enter(session, .koffi).welcome["materials"] == shown)
            let removed = try await teacher.ok("material.remove", ["id": first["id"] ?? .null])
            let gone = try await awa.event("material.removed")
            #expect(gone["seq"] == removed["seq"] && gone["id"] == first["id"])
            #expect(gone["by"] == Someone.teacher.actor("instructor"))
            #expect(try await room.enter(session, .koffi).welcome["materials"]?.ids == [2])
            #expect(try await teacher.ok("material.remove", ["id": first["id"] ?? .null]) == removed, "no second event")
        }
    }

    @Test func `an addition that is sent again is a duplicate, whatever has happened since`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let (teacher, _) = try await room.enter(session, .teacher)
            let (assistant, _) = try await room.enter(session, .assistant)
            let first = try await teacher.ok("material.add", Self.rfc)
            let duplicate = first.with("duplicate", true)
            #expect(try await teacher.ok("material.add", Self.rfc.with("title", "Other")) == duplicate)
            #expect(try await assistant.ok("material.add", Self.rfc)["id"] != first["id"], "each has keys of their own")
            _ = try await teacher.ok("material.remove", ["id": first["id"] ?? .null])
            #expect(try await teacher.ok("material.add", Self.rfc) == duplicate)
            #expect(try await room.enter(session, .awa).welcome["materials"]?.ids == [2])
        }
    }

    @Test func `fields have their forms`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let (teacher, _) = try await room.enter(session, .teacher)
            let long = "https://a.example/\(String(repeating: "a", count: 2048))"
            let wrong: [(String, [JSON])] = [
                ("client_id", [.null, 1, "", .string(String(repeating: "c", count: 65))]),
                ("title", [.null, 1, "", " \u{200B}", "a\u{1}b", .string(String(repeating: "é", count: 201))]),
                (
                    "url",
                    [
                        .null, 1, "", "javascript:alert(1)", "ftp://a.example", "/path", "//a.example", "https://",
                        "https:///path", "https://a b.example", "https://user@a.example", "https://u:p@a.example/",
                        "https://@a.example", "https://a.example:port", "https://a.example:0", "https://école.example",
                        "https://a.example/\u{202E}gpj", "https://a.example\\@b.example", .string(long),
                        // Browsers take a last label of digits for an IPv4 address.
                        "https://192.168.1.256/course", "https://99999999999/", "https://a.1.2.3.4.5/",
                        "https://[v1.x]/", "https://[1]/", "https://[:]/", "https://[::1::2]/", "https://[::1]a/",
                        .string("https://a.example/\(String(repeating: "é", count: 1020))"),
                    ]
                ),
            ]
            for (field, values) in wrong {
                for value in values {
                    let error = try await teacher.refusal("material.add", Self.rfc.with(field, value))
                    #expect(error["code"] == "invalid_field" && error["field"]?.stringValue == field, "\(value.text)")
                }
            }
            for id in [.null, "1", 0, 1.5, [1], true] as [JSON] {
                let error = try await teacher.refusal("material.remove", ["id": id])
                #expect(error["code"] == "invalid_field" && error["field"] == "id")
            }
            let most = Self.rfc.with("title", .string(String(repeating: "é", count: 200)))
            _ = try await teacher.ok("material.add", most.with("url", "https://[2001:db8::1]:8443/é?q=1#f"))
            let head = try await room.row(session).headSeq
            #expect(head == 2, "what is refused makes no event")
        }
    }

    @Test func `what is not there, and what is another class's, is not found`() async throws {
        try await Classroom.with { room in
            let (session, other) = (try await room.live(), try await room.live())
            let foreign = try await room.enter(other, .teacher).client.ok("material.add", Self.rfc)
            let (teacher, _) = try await room.enter(session, .teacher)
            for id: JSON in [foreign["id"] ?? .null, 4711] {
                let error = try await teacher.refusal("material.remove", ["id": id])
                #expect(error["code"] == "material_not_found" && error["field"] == "id")
            }
            #expect(try await room.enter(other, .awa).welcome["materials"]?.ids == [1])
        }
    }

    @Test func `a class has room for a hundred, and for 64 KiB`() async throws {
        try await Classroom.with({
            $0.limits.steeringPerUser = 0
            $0.limits.steeringPerSession = 0
        }) { room in
            let (many, large) = (try await room.live(), try await room.live())
            let (teacher, _) = try await room.enter(many, .teacher)
            for number in 1...100 {
                _ = try await teacher.ok("material.add", Self.rfc.with("client_id", .string("m\(number)")))
            }
            let next = Self.rfc.with("client_id", "next")
            #expect(try await teacher.refusal("material.add", next)["code"] == "conflict")
            _ = try await teacher.ok("material.remove", ["id": 1])
            _ = try await teacher.ok("material.add", next)
            let (author, _) = try await room.enter(large, .teacher)
            let long = Self.rfc.with("url", .string("https://a.example/\(String(repeating: "a", count: 2022))"))
            for number in 1...31 {
                _ = try await author.ok("material.add", long.with("client_id", .string("\(number)")))
            }
            // One byte too much.
            let refused = try await author.refusal("material.add", long.with("title", "RFC 6455!"))
            #expect(refused["code"] == "conflict")
            _ = try await author.ok("material.add", Self.rfc)
        }
    }

    @Test func `they count among what one person steers`() async throws {
        try await Classroom.with({ $0.limits.steeringPerUser = 1 }) { room in
            let session = try await room.live()
            // The start was one as well.
            room.clock.advance(seconds: 60)
            let (teacher, _) = try await room.enter(session, .teacher)
            let path = "/api/live-sessions/\(session)"
            _ = try await teacher.ok("task.set", ["text": "Lisez."])
            _ = try data(await room.put("\(path)/task", as: .teacher, ["text": .null]))
            expectRefusal(try await room.put("\(path)/task", as: .teacher, ["text": "Lisez."]), 429, .rateLimited)
            #expect(try await teacher.refusal("material.add", Self.rfc)["code"] == "rate_limited")
            #expect(try await teacher.refusal("material.remove", ["id": 1])["code"] == "rate_limited")
            _ = try await room.enter(session, .assistant).client.ok("material.add", Self.rfc)
        }
    }

    // MARK: - What is gone, and what stays

    @Test(arguments: [1, 2])
    func `a removed material is nowhere: resume, history, welcome and REST read a tombstone`(loops: Int) async throws {
        try await Classroom.with({ $0.loops = loops }) { room in
            let session = try await room.live()
            let (teacher, welcome) = try await room.enter(session, .teacher)
            let epoch = try #require(welcome["epoch"]?.stringValue)
            let (awa, _) = try await room.enter(session, .awa)
            let secret: JSON = ["client_id": "m1", "title": .string(Self.words), "url": .string(Self.address)]
            let added = try await teacher.ok("material.add", secret)
            #expect(try await awa.event("material.added")["title"]?.stringValue == Self.words)
            let first = try await teacher.ok("task.set", ["text": .string(Self.words)])
            _ = try await teacher.ok("material.remove", ["id": added["id"] ?? .null])
            let last = try await teacher.ok("task.set", ["text": "Lisez."])
            _ = try await awa.events(through: try #require(last["seq"]?.integerValue))
            let resumed = try await room.enter(session, .koffi, resume: (seq: 1, epoch: epoch)).welcome
            let fresh = try await room.enter(session, .koffi).welcome
            let history = try await awa.ok("history", ["after_seq": 1])
            let events = try data(await room.get("/api/live-sessions/\(session)/events?after_seq=1", as: .awa))
            #expect(resumed["resumed"] == true && fresh["task"] == "Lisez." && fresh["materials"] == [])
            let (by, id) = (Someone.teacher.actor("instructor"), added["id"] ?? .null)
            let gone: JSON = [
                "seq": added["seq"] ?? .null, "type": "material.added", "id": id, "by": by, "removed": true,
            ]
            let replaced: JSON = ["seq": first["seq"] ?? .null, "type": "task.set", "replaced": true, "by": by]
            let removed: JSON = ["seq": 4, "type": "material.removed", "id": id, "by": by]
            let current: JSON = ["seq": 5, "type": "task.set", "text": "Lisez.", "by": by]
            let expected = [gone, replaced, removed, current]
            for page in [resumed, fresh, history, events] {
                let told = try #require(page["events"]?.arrayValue?.filter { $0["seq"] != 1 })
                let seen = told.map { $0.without("at") }
                #expect(seen == expected)
                #expect(!page.text.contains(Self.words) && !page.text.contains(Self.address))
            }
        }
    }

    @Test(TestDatabase.ofFiles) func `what was removed or replaced is gone from the database file`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let (teacher, _) = try await hub.join(room.session, as: room.teacher)
            let secret: JSON = ["client_id": "m1", "title": .string(Self.words), "url": .string(Self.address)]
            let added = try await teacher.ok("material.add", secret)
            _ = try await teacher.ok("task.set", ["text": .string("The task: \(Self.words)")])
            _ = try await teacher.ok("task.set", ["text": "A task that stays"])
            _ = try await teacher.ok("material.remove", ["id": added["id"] ?? .null])
            await hub.stop()
            let bytes = try hub.folder.bytes(ofFilesNamed: "amphi.db")
            #expect(!bytes.containsRun(Array(Self.words.utf8)) && !bytes.containsRun(Array(Self.address.utf8)))
            #expect(bytes.containsRun(Array("A task that stays".utf8)))
        }
    }

    @Test func `materials and the task outlive a restart of the hub, and a resume brings what was missed`()
        async throws
    {
        let folder = try TestFolder()
        let (room, epoch) = try await TestHub.with(folder: folder) { hub in
            let room = try await hub.testCourse(students: 1)
            let (teacher, welcome) = try await hub.join(room.session, as: room.teacher)
            _ = try await teacher.ok("material.add", Self.rfc)
            _ = try await teacher.ok("task.set", ["text": "Lisez."])
            return (room, try #require(welcome["epoch"]?.stringValue))
        }
        try await TestHub.with(folder: folder) { hub in
            let (_, welcome) = try await hub.join(room.session, as: room.student, resume: (seq: 1, epoch: epoch))
            #expect(welcome["materials"]?.ids == [1] && welcome["task"] == "Lisez.")
            #expect(welcome["resumed"] == true)
            #expect(welcome["events"]?.arrayValue?.map { $0["type"] } == ["material.added", "task.set"])
            let (teacher, _) = try await hub.join(room.session, as: room.teacher)
            #expect(try await teacher.ok("material.add", Self.rfc)["duplicate"] == true)
        }
    }
}

extension JSON {
    /// This object with another member, or with another value of one.
    func with(_ name: String, _ value: JSON) -> JSON {
        var object = objectValue ?? [:]
        object[name] = value
        return .object(object)
    }
}
