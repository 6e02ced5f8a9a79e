import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

@Suite("The task of a class, and materials over REST", .timeLimit(.minutes(3)))
struct TaskTests {
    @Test func `the task is one text, which another one replaces and null takes away`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let (teacher, _) = try await room.enter(session, .teacher)
            let (awa, _) = try await room.enter(session, .awa)
            #expect(try await teacher.ok("task.set", ["text": .null]) == ["seq": 1], "there was none")
            let set = try await teacher.ok("task.set", ["text": "  Lisez la section 1.3.\r\nQue dit 101 ? "])
            let told = try await awa.event("task.set")
            #expect(told["text"] == "Lisez la section 1.3.\nQue dit 101 ?" && told["seq"] == set["seq"])
            #expect(told["by"] == Someone.teacher.actor("instructor"))
            #expect(try await teacher.ok("task.set", ["text": told["text"] ?? .null]) == set, "the same makes no event")
            #expect(try await room.enter(session, .koffi).welcome["task"] == told["text"])
            let ended = try await teacher.ok("task.set", ["text": .null])
            let gone = try await awa.event("task.set")
            #expect(gone["text"] == .null && gone["seq"] == ended["seq"] && gone["replaced"] == nil)
            #expect(try await room.enter(session, .koffi).welcome["task"] == .null)
            let most = String(repeating: "é", count: 2000)
            _ = try await teacher.ok("task.set", ["text": .string(most)])
            for text in ["", " \n\t", "\u{200B}", "a\u{1}b", 1, ["a"], true, .string(most + "é")] as [JSON] {
                let error = try await teacher.refusal("task.set", ["text": text])
                #expect(error["code"] == "invalid_field" && error["field"] == "text", "\(text.text)")
            }
            #expect(try await teacher.refusal("task.set")["field"] == "text", "null is said, not left out")
            #expect(try await room.enter(session, .koffi).welcome["task"]?.stringValue == most)
        }
    }

    @Test func `the routes do what the commands do, before the class, after it, and until it is deleted`() async throws
    {
        try await Classroom.with { room in
            for session in [try await room.schedule(), try await room.ended(), try await room.cancelled()] {
                let path = "/api/live-sessions/\(session)"
                let empty = try data(await room.get("\(path)/materials", as: .awa))
                #expect(empty == ["materials": [], "task": .null])
                let material: JSON = ["title": "TLS", "url": "https://tls.example/"]
                let added = try data(await room.post("\(path)/materials", as: .assistant, material), status: 201)
                let set = try data(await room.put("\(path)/task", as: .teacher, ["text": "Lisez."]))
                #expect(set["seq"]?.integerValue == (added["seq"]?.integerValue ?? 0) + 1)
                let list = try data(await room.get("\(path)/materials", as: .koffi))
                #expect(
                    list["materials"]?.arrayValue?.map { $0.without("added_at") } == [
                        [
                            "id": added["id"] ?? .null, "title": "TLS", "url": "https://tls.example/",
                            "added_by": Someone.assistant.json,
                        ]
                    ])
                #expect(list["task"]?.without("set_at") == ["text": "Lisez.", "set_by": Someone.teacher.json])
                #expect(list["task"]?["set_at"] == .string(room.clock.now.text))
                #expect(list["materials"]?.arrayValue?.first?["added_at"] == .string(room.clock.now.text))
                let one = "\(path)/materials/\(added["id"]?.text ?? "")"
                _ = try data(await room.delete(one, as: .teacher))
                _ = try data(await room.delete(one, as: .teacher))
                _ = try data(await room.put("\(path)/task", as: .teacher, ["text": .null]))
                #expect(try data(await room.get("\(path)/materials", as: .koffi)) == empty)
                expectRefusal(
                    try await room.delete("\(path)/materials/4711", as: .teacher), 404, .materialNotFound, field: "id")
                _ = try data(await room.delete(path, as: .teacher))
                for answer in [
                    try await room.get("\(path)/materials", as: .teacher), try await room.delete(one, as: .teacher),
                    try await room.post("\(path)/materials", as: .teacher, material),
                    try await room.put("\(path)/task", as: .teacher, ["text": "Lisez."]),
                ] { expectRefusal(answer, 404, .sessionNotFound) }
            }
        }
    }

    @Test func `the routes refuse what the commands refuse, after they have looked for the class`() async throws {
        try await Classroom.with { room in
            let path = "/api/live-sessions/\(try await room.live())"
            for (body, field) in [
                (["title": 1, "url": "https://a.example"], "title"), (["url": "https://a.example"], "title"),
                (["title": "T", "url": "https://u@a.example"], "url"), (["title": "T"], "url"),
            ] as [(JSON, String)] {
                expectRefusal(
                    try await room.post("\(path)/materials", as: .teacher, body), 400, .invalidField, field: field)
            }
            expectRefusal(try await room.put("\(path)/task", as: .teacher, [:]), 400, .invalidField, field: "text")
            expectRefusal(
                try await room.put("\(path)/task", as: .teacher, ["text": ""]), 400, .invalidField, field: "text")
            expectRefusal(try await room.put("\(path)/task", as: .awa, ["text": ""]), 403, .forbidden)
            expectRefusal(
                try await room.post("/api/live-sessions/4711/materials", as: .teacher, [:]), 404, .sessionNotFound)
        }
    }

    @Test func `a key makes a repeated addition one, and a service has no name`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let (awa, _) = try await room.enter(session, .awa)
            let path = "/api/live-sessions/\(session)"
            let material: JSON = ["title": "TLS", "url": "https://tls.example/"]
            var answers: [JSON] = []
            for _ in 1...2 {
                answers.append(
                    try await room.send(
                        "POST", "\(path)/materials", token: room.serviceToken(), json: material,
                        headers: [("Idempotency-Key", "k")]
                    ).json)
            }
            #expect(answers[0] == answers[1])
            let text: JSON = ["text": "Lisez."]
            let set = try data(await room.send("PUT", "\(path)/task", token: room.serviceToken(), json: text))
            let events = try await awa.events(through: try #require(set["seq"]?.integerValue)).suffix(2)
            #expect(
                events.map { $0["type"] } == ["material.added", "task.set"] && events.allSatisfy { $0["by"] == nil })
            let list = try data(await room.get("\(path)/materials", as: .awa))
            #expect(list["materials"]?.arrayValue?.map { $0["added_by"] } == [.null])
            #expect(list["task"]?["set_by"] == .null)
        }
    }

    @Test func `a class that never had any is not asked for them`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            #expect(try await !room.row(session).hasMaterials)
            _ = try data(await room.put("/api/live-sessions/\(session)/task", as: .teacher, ["text": .null]))
            #expect(try await !room.row(session).hasMaterials)
            _ = try data(await room.put("/api/live-sessions/\(session)/task", as: .teacher, ["text": "Lisez."]))
            #expect(try await room.row(session).hasMaterials)
        }
    }
}
