import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

@Suite("Co-hosts", .timeLimit(.minutes(3)))
struct CohostTests {
    private static let koffi = JSON.integer(Someone.koffi.id)

    @Test(arguments: [1, 2])
    func `somebody in the class becomes a host of it at once, gives back the place, and is a member again`(
        loops: Int
    ) async throws {
        try await Classroom.with({ $0.loops = loops }) { room in
            let session = try await room.live()
            let (teacher, _) = try await room.enter(session, .teacher)
            let (koffi, _) = try await room.enter(session, .koffi)
            #expect(try await koffi.refusal("chat.mode", ["mode": "locked"])["code"] == "forbidden")
            #expect(try await room.row(session).seatedCount == 1)
            let named = try await teacher.ok("cohost", ["user_id": Self.koffi, "on": true])
            let told = try await koffi.event("role.changed")
            #expect(told["seq"] == named["seq"] && told["user_id"] == Self.koffi && told["role"] == "moderator")
            #expect(told["by"]?["id"] == .integer(Someone.teacher.id))
            // Whoever came in just before is told of by the same diff.
            _ = try await koffi.next { frame in
                ["joined", "updated"].contains { kind in
                    frame["presence"]?[kind]?.arrayValue?.contains { $0["role"] == "moderator" && $0["id"] == 21 }
                        == true
                }
            }
            #expect(try await room.row(session).seatedCount == 0, "hosts take no place")
            #expect(try await teacher.ok("cohost", ["user_id": Self.koffi, "on": true]) == named, "no second event")
            _ = try await koffi.ok("chat.mode", ["mode": "locked"])
            // A co-host names nobody, and the teacher needs no naming.
            #expect(
                try await koffi.refusal("cohost", ["user_id": .integer(Someone.awa.id), "on": true])["code"]
                    == "forbidden")
            let head = try await teacher.ok("cohost", ["user_id": .integer(Someone.assistant.id), "on": true])
            #expect(head["seq"] == .integer(try await room.row(session).headSeq))
            _ = try await teacher.ok("cohost", ["user_id": Self.koffi, "on": false])
            #expect(try await koffi.event("role.changed")["role"] == "participant")
            #expect(try await koffi.refusal("chat.mode", ["mode": "open"])["code"] == "forbidden")
            #expect(try await room.row(session).seatedCount == 1)
        }
    }

    @Test func `a substitute who teaches elsewhere holds this class and no other`() async throws {
        try await Classroom.with { room in
            let (session, other) = (try await room.live(), try await room.live())
            let path = "/api/live-sessions/\(session)"
            expectRefusal(try await room.get(path, as: .otherTeacher), 404, .sessionNotFound)
            _ = try data(await room.put("\(path)/cohosts/\(Someone.otherTeacher.id)", as: .assistant, nil))
            let list = try data(await room.get("\(path)/cohosts", as: .otherTeacher))
            #expect(list == [Someone.otherTeacher.json])
            #expect(try data(await room.get("\(path)/participants", as: .teacher)) == [], "naming lets nobody in")
            let lessons = try data(await room.get("/api/instructor/live-sessions", as: .otherTeacher)).arrayValue ?? []
            #expect(lessons.map { $0["id"] } == [.integer(session)])
            expectRefusal(try await room.get("/api/live-sessions/\(other)", as: .otherTeacher), 404, .sessionNotFound)
            let (substitute, _) = try await room.enter(session, .otherTeacher)
            _ = try data(await room.delete("\(path)/cohosts/\(Someone.otherTeacher.id)", as: .teacher))
            #expect(try await substitute.event("role.changed")["role"] == .null)
            #expect(try await substitute.farewell().code == 4502)
            let acts = try data(await room.get("\(path)/moderation", as: .teacher)).arrayValue ?? []
            #expect(acts.map { $0["action"] } == ["cohost", "cohost"] && acts.map { $0["value"] } == ["off", "on"])
        }
    }

    @Test func `strangers, nobody and whoever is banned become no co-host; fields have their types`() async throws {
        try await Classroom.with { room in
            let session = try await room.live()
            let path = "/api/live-sessions/\(session)/cohosts"
            for id in [Someone.outsider.id, 999] {
                expectRefusal(
                    try await room.put("\(path)/\(id)", as: .teacher, nil), 404, .userNotFound, field: "user_id")
            }
            _ = try data(await room.moderate(session, as: .teacher, ["action": "ban", "user_id": Self.koffi]))
            expectRefusal(
                try await room.put("\(path)/\(Someone.koffi.id)", as: .teacher, nil), 403, .banned, field: "user_id")
            let (teacher, _) = try await room.enter(session, .teacher)
            for (fields, field) in [
                (["on": true], "user_id"), (["user_id": "20", "on": true], "user_id"), (["user_id": 20], "on"),
                (["user_id": 20, "on": 1], "on"),
            ] as [(JSON, String)] {
                let error = try await teacher.refusal("cohost", fields)
                #expect(error["code"] == "invalid_field" && error["field"]?.stringValue == field)
            }
        }
    }
}
