import HTTPTypes
import StrictJSON
import Testing
import Tokens

@testable import SessionHub

@Suite("Participant routes")
struct ParticipantRoutesTests {
    private func refusal(_ answer: ClassHub.Answer) -> String { "\(answer.status) \(answer.code ?? "")" }

    @Test func `join answers with everything that a page needs`() async throws {
        try await ClassHub.run { hub in
            let id = try await hub.scheduleLive()
            let data = await hub.post("/api/live-sessions/\(id)/join", ["enrollment_id": 110], as: ClassHub.awa).data
            #expect(data["session_id"] == .integer(id))
            #expect(data["user_id"] == 10)
            #expect(data["role"] == "participant")
            #expect(data["joined_at"] == "2026-03-15T10:00:00Z")
            #expect(data["expires_at"] == "2026-03-15T10:10:00Z")
            #expect(data["jitsi_domain"] == "meet.example.org")
            #expect(data["channel_url"] == .string("wss://hub.example.org/api/live-sessions/\(id)/channel"))
            let room = try #require(data["jitsi_room_name"]?.stringValue)
            let jwt = try #require(data["jwt"]?.stringValue)
            let url = data["jitsi_join_url"]?.stringValue ?? ""
            #expect(url.hasPrefix("https://meet.example.org/\(room)#jwt=%22\(jwt)%22&"))
            #expect(data["jitsi_room_password"]?.stringValue?.count == 26)
            #expect(data["channel_token"]?.stringValue?.split(separator: ".").count == 3)
        }
    }

    @Test func `seed defect 11: only a live class is joined, and who is early learns where to wait`() async throws {
        try await ClassHub.run(at: ClassHub.ten - 601_000) { hub in
            let id = try await hub.schedule()
            let path = "/api/live-sessions/\(id)/join"
            let early = await hub.post(path, as: ClassHub.awa)
            #expect(refusal(early) == "400 session_not_started")
            #expect(early.json?["starts_at"] == "2026-03-15T10:00:00Z")
            #expect(early.json?["channel_url"] == .string("wss://hub.example.org/api/live-sessions/\(id)/channel"))
            #expect(refusal(await hub.post(path, as: ClassHub.teacher)) == "400 session_not_started")
            hub.advance(seconds: 1)
            // Seed defect 15: the instructor was refused.
            #expect(await hub.post(path, as: ClassHub.teacher).data["role"] == "instructor")
            #expect(await hub.post(path, as: ClassHub.assistant).data["role"] == "moderator")
            _ = await hub.post("/api/live-sessions/\(id)/start", as: ClassHub.teacher)
            #expect(await hub.post(path, as: ClassHub.awa).status == 200)
            _ = await hub.post("/api/live-sessions/\(id)/end", as: ClassHub.teacher)
            #expect(refusal(await hub.post(path, as: ClassHub.awa)) == "400 session_over")
            let off = try await hub.schedule("off")
            _ = await hub.post("/api/live-sessions/\(off)/cancel", as: ClassHub.teacher)
            #expect(
                refusal(await hub.post("/api/live-sessions/\(off)/join", as: ClassHub.teacher))
                    == "400 session_cancelled"
            )
        }
    }

    @Test func `strangers, services and somebody else's enrollment do not get in`() async throws {
        try await ClassHub.run { hub in
            let path = "/api/live-sessions/\(try await hub.scheduleLive())/join"
            #expect(refusal(await hub.post(path, as: ClassHub.outsider)) == "404 session_not_found")
            #expect(refusal(await hub.post(path, as: ClassHub.lapsed)) == "404 session_not_found")
            #expect(refusal(await hub.post(path, as: 0)) == "403 forbidden")
            let wrong = await hub.post(path, ["enrollment_id": 111], as: ClassHub.awa)
            #expect(wrong.json?["field"] == "enrollment_id")
        }
    }

    @Test func `seed defect 16: a full class takes hosts and those who are in it`() async throws {
        try await ClassHub.run { hub in
            let path = "/api/live-sessions/\(try await hub.scheduleLive(seats: 1))"
            #expect(await hub.post("\(path)/join", as: ClassHub.awa).status == 200)
            #expect(await hub.post("\(path)/join", as: ClassHub.awa).status == 200)
            #expect(refusal(await hub.post("\(path)/join", as: ClassHub.bob)) == "400 session_full")
            #expect(refusal(await hub.post("\(path)/jitsi-token", as: ClassHub.bob)) == "400 session_full")
            #expect(await hub.post("\(path)/join", as: ClassHub.teacher).status == 200)
            #expect(await hub.post("\(path)/jitsi-token", as: ClassHub.awa).status == 200)
            _ = await hub.post("\(path)/leave", as: ClassHub.awa)
            #expect(await hub.post("\(path)/join", as: ClassHub.bob).status == 200)
        }
    }

    @Test func `seed defect 6: leave twice changes nothing`() async throws {
        try await ClassHub.run { hub in
            let path = "/api/live-sessions/\(try await hub.scheduleLive())"
            _ = await hub.post("\(path)/join", as: ClassHub.awa)
            hub.advance(seconds: 150)
            let first = await hub.post("\(path)/leave", as: ClassHub.awa)
            #expect(
                first.data == [
                    "session_id": 1, "user_id": 10, "left_at": "2026-03-15T10:02:30Z", "attendance_duration": 2,
                    "attendance_seconds": 150,
                ]
            )
            hub.advance(seconds: 60)
            #expect(await hub.post("\(path)/leave", as: ClassHub.awa).data == first.data)
            #expect(refusal(await hub.post("\(path)/leave", as: ClassHub.bob)) == "404 not_found")
            #expect(await hub.post("\(path)/leave", as: ClassHub.outsider).status == 404)
        }
    }

    @Test func `seed defects 5 and 7: two stays are added up before they become minutes`() async throws {
        try await ClassHub.run { hub in
            let path = "/api/live-sessions/\(try await hub.scheduleLive())"
            for _ in 0..<2 {
                _ = await hub.post("\(path)/join", as: ClassHub.awa)
                hub.advance(seconds: 50)
                _ = await hub.post("\(path)/leave", as: ClassHub.awa)
                hub.advance(seconds: 50)
            }
            let answer = await hub.get("\(path)/participants", as: ClassHub.bob)
            #expect(
                answer.data == [
                    [
                        "id": 1, "session_id": 1, "user_id": 10, "enrollment_id": 110,
                        "joined_at": "2026-03-15T10:00:00Z", "created_at": "2026-03-15T10:00:00Z",
                        "profile_picture": nil, "left_at": "2026-03-15T10:02:30Z", "attendance_duration": 1,
                        "attendance_seconds": 100,
                        "is_present": false, "role": "participant", "first_name": "Awa", "last_name": "Ndiaye",
                        "avatar": nil,
                        "user": ["id": 10, "first_name": "Awa", "last_name": "Ndiaye", "avatar": nil],
                    ]
                ]
            )
            #expect(answer.json?["pagination"] == ["page": 1, "limit": 1000, "total": 1, "pages": 1])
        }
    }

    @Test func `seed defect 10: everybody has their own role, newest first`() async throws {
        try await ClassHub.run { hub in
            let path = "/api/live-sessions/\(try await hub.scheduleLive())"
            for user in [ClassHub.teacher, ClassHub.assistant, ClassHub.awa] {
                _ = await hub.post("\(path)/join", as: user)
                hub.advance(seconds: 1)
            }
            let answer = await hub.get("\(path)/participants?limit=2", as: ClassHub.teacher)
            #expect(answer.data.arrayValue?.map { $0["role"] } == ["participant", "moderator"])
            #expect(answer.data.arrayValue?.map { $0["email"] } == ["p10@example.org", "p2@example.org"])
            #expect(answer.data.arrayValue?.map { $0["is_present"] } == [true, true])
            let second = await hub.get("\(path)/participants?limit=2&page=2", as: ClassHub.teacher)
            #expect(second.data.arrayValue?.map { $0["role"] } == ["instructor"])
            #expect(second.data.arrayValue?.map { $0["attendance_seconds"] } == [3])
        }
    }

    @Test func `seed defect 1: a role in the body of jitsi-token makes nobody a moderator`() async throws {
        try await ClassHub.run { hub in
            let session = try await hub.scheduleLive()
            _ = await hub.post("/api/live-sessions/\(session)/join", as: ClassHub.awa)
            let path = "/api/live-sessions/\(session)/jitsi-token"
            func moderates(_ user: Int64) async throws -> JSON? {
                let answer = await hub.post(path, ["role": "moderator"], as: user)
                let token = try #require(answer.data["jwt"]?.stringValue)
                let payload = token.split(separator: ".")[1]
                let bytes = try #require(Base64URL.decode(String(payload)))
                return try JSON.parse(bytes, limits: .request)["context"]?["user"]?["moderator"]
            }
            #expect(try await moderates(ClassHub.awa) == "false")
            #expect(try await moderates(ClassHub.assistant) == "true")
            #expect(await hub.post(path, as: ClassHub.outsider).status == 404)
        }
    }

    @Test func `the attendance list is for hosts, as JSON with segments and as CSV`() async throws {
        try await ClassHub.run { hub in
            let path = "/api/live-sessions/\(try await hub.scheduleLive())"
            _ = await hub.post("\(path)/join", as: ClassHub.awa)
            hub.advance(seconds: 90)
            _ = await hub.post("\(path)/leave", as: ClassHub.awa)
            #expect(refusal(await hub.get("\(path)/attendance", as: ClassHub.awa)) == "403 forbidden")
            #expect(refusal(await hub.get("\(path)/attendance.csv", as: ClassHub.outsider)) == "404 session_not_found")
            let list = await hub.get("\(path)/attendance", as: ClassHub.teacher).data
            #expect(
                list["participants"]?.arrayValue?.first?["segments"] == [
                    [
                        "joined_at": "2026-03-15T10:00:00Z", "left_at": "2026-03-15T10:01:30Z",
                        "last_seen_at": "2026-03-15T10:00:00Z", "source": "rest",
                    ]
                ]
            )
            let csv = await hub.get("\(path)/attendance.csv", as: ClassHub.teacher)
            #expect(csv.headers[.contentType] == "text/csv; charset=utf-8")
            #expect(csv.headers[.contentDisposition] == "attachment; filename=\"attendance-1.csv\"")
            #expect(
                csv.text.hasSuffix(
                    "Awa Ndiaye,p10@example.org,participant,2026-03-15T10:00:00Z,2026-03-15T10:01:30Z,90,1,rest\r\n"
                )
            )
        }
    }
}
