import StrictJSON
import TestSupport
import Testing

/// Guests of an executable that is killed.
@Suite("The executable: guests", .timeLimit(.minutes(2)))
struct GuestTests {
    private static func invite(
        _ name: JSON, to room: TestCourse, of hub: RunningHub
    ) async throws -> (id: Int64, code: JSON, token: String) {
        let path = "/api/live-sessions/\(room.session)/guests"
        let row = try await hub.expectOK("POST", path, token: room.teacher.token, json: ["name": name])
        let link = row["link"]?.stringValue ?? ""
        let code = String(link.split(separator: "#code=").last?.split(separator: "&").first ?? "")
        let answer = try await hub.expectOK("POST", "/api/auth/sign-in-link", json: ["code": .string(code)])
        return (row["id"]?.integerValue ?? 0, .string(code), answer["token"]?.stringValue ?? "")
    }

    @Test func `after kill -9 a guest who was let go stays out, and the others come in again`() async throws {
        let folder = try TestFolder()
        let (process, port) = try await HubProcess.serve(folder, ["AMPHI_LOOPS": "2"])
        let hub = RunningHub(port: port)
        let room = try await hub.testCourse(students: 1)
        let gone = try await Self.invite("Tom", to: room, of: hub)
        let client = try await hub.open(room.session)
        _ = try await client.hello(gone.token)
        let path = "/api/live-sessions/\(room.session)/guests/\(gone.id)"
        let kept = try await Self.invite("Ada", to: room, of: hub)
        let removed = try await hub.http.send("DELETE", path, token: room.teacher.token)
        process.signal(9)
        #expect(removed.status == 204)
        #expect(try await process.finish().ending == .signal(9))

        let (again, next) = try await HubProcess.serve(folder, ["AMPHI_LOOPS": "2"])
        let restarted = RunningHub(port: next)
        let refused = try await restarted.http.send("POST", "/api/auth/sign-in-link", json: ["code": gone.code])
        #expect(refused.status == 401)
        let late = try await restarted.open(room.session)
        #expect(try await late.refusedHello(gone.token)["code"] == "forbidden")
        #expect(try await late.farewell().code == 4502)
        #expect(try await restarted.open(room.session).hello(kept.token)["me"]?["role"] == "guest")
        _ = try await restarted.expectOK("POST", "/api/auth/sign-in-link", json: ["code": kept.code])
        try await again.stop()
    }
}
