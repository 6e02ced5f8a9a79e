import Database
import StrictJSON
import TestSupport
import Testing
import Tokens

@testable import SessionHub

@Suite("Participant routes")
struct ParticipantRoutesTests {
    private func refusal(_ answer: TestResponse) -> String { "\(answer.status) \(answer.code ?? "")" }

    @Test func `join answers with everything that a page needs`() async throws {
        try await Classroom.quiet { hub in
            let id = try await hub.planLive()
            let data = try await hub.post("/api/live-sessions/\(id)/join", as: .awa, ["enrollment_id": 501]).data
            #expect(data["session_id"] == .integer(id))
            #expect(data["user_id"] == 20)
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
        try await Classroom.quiet(at: Classroom.ten - 601_000) { hub in
            let id = try await hub.plan()
            let path = "/api/live-sessions/\(id)/join"
            let early = try await hub.post(path, as: .awa)
            #expect(refusal(early) == "400 session_not_started")
            #expect(early.json["starts_at"] == "2026-03-15T10:00:00Z")
            #expect(early.json["channel_url"] == .string("wss://hub.example.org/api/live-sessions/\(id)/channel"))
            #expect(refusal(try await hub.post(path, as: .teacher)) == "400 session_not_started")
            hub.clock.advance(seconds: 1)
            // Seed defect 15: the instructor was refused.
            #expect(try await hub.post(path, as: .teacher).data["role"] == "instructor")
            #expect(try await hub.post(path, as: .assistant).data["role"] == "moderator")
            _ = try await hub.post("/api/live-sessions/\(id)/start", as: .teacher)
            #expect(try await hub.post(path, as: .awa).status == 200)
            _ = try await hub.post("/api/live-sessions/\(id)/end", as: .teacher)
            #expect(refusal(try await hub.post(path, as: .awa)) == "400 session_over")
            let off = try await hub.plan("off")
            _ = try await hub.post("/api/live-sessions/\(off)/cancel", as: .teacher)
            #expect(
                refusal(try await hub.post("/api/live-sessions/\(off)/join", as: .teacher))
                    == "400 session_cancelled"
            )
        }
    }

    @Test func `strangers, services and somebody else's enrollment do not get in`() async throws {
        try await Classroom.quiet { hub in
            let path = "/api/live-sessions/\(try await hub.planLive())/join"
            #expect(refusal(try await hub.post(path, as: .outsider)) == "404 session_not_found")
            #expect(refusal(try await hub.post(path, as: .former)) == "404 session_not_found")
            #expect(refusal(try await hub.send("POST", path, token: hub.serviceToken())) == "403 forbidden")
            let wrong = try await hub.post(path, as: .awa, ["enrollment_id": 502])
            #expect(wrong.json["field"] == "enrollment_id")
        }
    }

    @Test func `seed defect 16: a full class takes hosts and those who are in it`() async throws {
        try await Classroom.quiet { hub in
            let path = "/api/live-sessions/\(try await hub.planLive(seats: 1))"
            #expect(try await hub.post("\(path)/join", as: .awa).status == 200)
            #expect(try await hub.post("\(path)/join", as: .awa).status == 200)
            #expect(refusal(try await hub.post("\(path)/join", as: .koffi)) == "400 session_full")
            #expect(refusal(try await hub.post("\(path)/jitsi-token", as: .koffi)) == "400 session_full")
            #expect(try await hub.post("\(path)/join", as: .teacher).status == 200)
            #expect(try await hub.post("\(path)/jitsi-token", as: .awa).status == 200)
            _ = try await hub.post("\(path)/leave", as: .awa)
            #expect(try await hub.post("\(path)/join", as: .koffi).status == 200)
        }
    }

    @Test func `seed defect 6: leave twice changes nothing`() async throws {
        try await Classroom.quiet { hub in
            let path = "/api/live-sessions/\(try await hub.planLive())"
            _ = try await hub.post("\(path)/join", as: .awa)
            hub.clock.advance(seconds: 150)
            let first = try await hub.post("\(path)/leave", as: .awa)
            #expect(
                first.data == [
                    "session_id": 1, "user_id": 20, "left_at": "2026-03-15T10:02:30Z", "attendance_duration": 2,
                    "attendance_seconds": 150,
                ]
            )
            hub.clock.advance(seconds: 60)
            #expect(try await hub.post("\(path)/leave", as: .awa).data == first.data)
            #expect(refusal(try await hub.post("\(path)/leave", as: .koffi)) == "404 not_found")
            #expect(try await hub.post("\(path)/leave", as: .outsider).status == 404)
        }
    }

    @Test func `seed defects 5 and 7: two stays are added up before they become minutes`() async throws {
        try await Classroom.quiet { hub in
            let path = "/api/live-sessions/\(try await hub.planLive())"
            for _ in 0..<2 {
                _ = try await hub.post("\(path)/join", as: .awa)
                hub.clock.advance(seconds: 50)
                _ = try await hub.post("\(path)/leave", as: .awa)
                hub.clock.advance(seconds: 50)
            }
            let answer = try await hub.get("\(path)/participants", as: .koffi)
            #expect(
                answer.data == [
                    [
                        "id": 1, "session_id": 1, "user_id": 20, "enrollment_id": 501,
                        "joined_at": "2026-03-15T10:00:00Z", "created_at": "2026-03-15T10:00:00Z",
                        "profile_picture": nil, "left_at": "2026-03-15T10:02:30Z", "attendance_duration": 1,
                        "attendance_seconds": 100,
                        "is_present": false, "role": "participant", "first_name": "Awa", "last_name": "Ndiaye",
                        "avatar": nil,
                        "user": ["id": 20, "first_name": "Awa", "last_name": "Ndiaye", "avatar": nil],
                    ]
                ]
            )
            #expect(answer.json["pagination"] == ["page": 1, "limit": 1000, "total": 1, "pages": 1])
        }
    }

    @Test func `seed defect 10: everybody has their own role, newest first`() async throws {
        try await Classroom.quiet { hub in
            let path = "/api/live-sessions/\(try await hub.planLive())"
            for user in [Someone.teacher, Someone.assistant, Someone.awa] {
                _ = try await hub.post("\(path)/join", as: user)
                hub.clock.advance(seconds: 1)
            }
            let answer = try await hub.get("\(path)/participants?limit=2", as: .teacher)
            #expect(answer.data.arrayValue?.map { $0["role"] } == ["participant", "moderator"])
            #expect(
                answer.data.arrayValue?.map { $0["email"] } == ["person20@school.example", "person11@school.example"])
            #expect(answer.data.arrayValue?.map { $0["is_present"] } == [true, true])
            let second = try await hub.get("\(path)/participants?limit=2&page=2", as: .teacher)
            #expect(second.data.arrayValue?.map { $0["role"] } == ["instructor"])
            #expect(second.data.arrayValue?.map { $0["attendance_seconds"] } == [3])
        }
    }

    @Test func `seed defect 1: a role in the body of jitsi-token makes nobody a moderator`() async throws {
        try await Classroom.quiet { hub in
            let session = try await hub.planLive()
            _ = try await hub.post("/api/live-sessions/\(session)/join", as: .awa)
            let path = "/api/live-sessions/\(session)/jitsi-token"
            func moderates(_ user: Someone) async throws -> JSON? {
                let answer = try await hub.post(path, as: user, ["role": "moderator"])
                let token = try #require(answer.data["jwt"]?.stringValue)
                let payload = token.split(separator: ".")[1]
                let bytes = try #require(Base64URL.decode(String(payload)))
                return try JSON.parse(bytes, limits: .request)["context"]?["user"]?["moderator"]
            }
            #expect(try await moderates(.awa) == "false")
            #expect(try await moderates(.assistant) == "true")
            #expect(try await hub.post(path, as: .outsider).status == 404)
        }
    }

    @Test func `the attendance list is for hosts, as JSON with segments and as CSV`() async throws {
        try await Classroom.quiet { hub in
            let path = "/api/live-sessions/\(try await hub.planLive())"
            _ = try await hub.post("\(path)/join", as: .awa)
            hub.clock.advance(seconds: 90)
            _ = try await hub.post("\(path)/leave", as: .awa)
            #expect(refusal(try await hub.get("\(path)/attendance", as: .awa)) == "403 forbidden")
            #expect(refusal(try await hub.get("\(path)/attendance.csv", as: .outsider)) == "404 session_not_found")
            let list = try await hub.get("\(path)/attendance", as: .teacher).data
            #expect(
                list["participants"]?.arrayValue?.first?["segments"] == [
                    [
                        "joined_at": "2026-03-15T10:00:00Z", "left_at": "2026-03-15T10:01:30Z",
                        "last_seen_at": "2026-03-15T10:00:00Z", "source": "rest",
                    ]
                ]
            )
            let csv = try await hub.get("\(path)/attendance.csv", as: .teacher)
            #expect(csv.header("Content-Type") == "text/csv; charset=utf-8")
            #expect(csv.header("Content-Disposition") == "attachment; filename=\"attendance-1.csv\"")
            #expect(
                csv.text.hasSuffix(
                    "Awa Ndiaye,person20@school.example,participant,2026-03-15T10:00:00Z,2026-03-15T10:01:30Z,90,1,rest,left,,,,\r\n"
                )
            )
        }
    }
}
