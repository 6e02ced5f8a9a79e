import Foundation
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// The executable on a machine whose clock is set (`MachineClock`).
@Suite("The executable: the machine's clock", .timeLimit(.minutes(3)))
struct ClockTests {
    private static let settings = ["AMPHI_LOOPS": "2", "AMPHI_GRACE": "300ms"]

    private func serve(_ folder: TestFolder, _ clock: MachineClock) async throws -> (HubProcess, RunningHub) {
        let (process, port) = try await HubProcess.serve(folder, Self.settings.merging(clock.environment) { $1 })
        return (process, RunningHub(port: port))
    }

    /// Until the hub has seen the step.
    private func waitForStep(_ process: HubProcess, count: Int) async throws {
        let deadline = Deadline(after: .seconds(20))
        while await process.errors.ranges(of: "the machine's clock was set").count < count {
            if deadline.hasPassed { throw TestFailure("no step: \(await process.errors)") }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private func seconds(_ hub: RunningHub, _ room: TestCourse, of user: Int64, token: String) async throws -> Int64 {
        let list = try await hub.expectOK("GET", "/api/live-sessions/\(room.session)/attendance", token: token)
        let row = list["participants"]?.arrayValue?.first { $0["user_id"]?.integerValue == user }
        return row?["attendance_seconds"]?.integerValue ?? -1
    }

    // Found from outside, no. 9
    @Test(arguments: [-3600, -7200, 86_400] as [Int64])
    func `a class goes on over a step of the clock, and so do tokens`(step: Int64) async throws {
        let folder = try TestFolder()
        let clock = try MachineClock(folder)
        let (process, hub) = try await serve(folder, clock)
        let room = try await hub.testCourse(students: 2)
        let (student, _) = try await hub.join(room.session, as: room.students[0])
        let link = try await hub.expectOK("POST", "/api/users/102/sign-in-link")
        let begin = ContinuousClock.now
        try clock.set(seconds: step)
        try await waitForStep(process, count: 1)
        _ = try await student.say("\(TestHub.mark) after", clientID: "after")
        // Tokens of before, on the channel and over REST, and a sign-in of now with a link of before.
        let (again, _) = try await hub.join(room.session, as: room.students[0])
        _ = try await again.ok("ping")
        #expect(try await hub.http.send("GET", "/api/auth/me", token: room.teacher.token).status == 200)
        let signedIn = try await hub.http.send("POST", "/api/auth/sign-in-link", json: ["code": link["code"] ?? .null])
        #expect(signedIn.status == 200, "\(signedIn.text)")
        let own = try #require(signedIn.data["token"]?.stringValue)
        let (other, _) = try await {
            let client = try await hub.open(room.session)
            return (client, try await client.hello(own))
        }()
        _ = try await other.ok("ping")
        // Revoked is revoked, whatever the clock says.
        try await hub.expectOK("POST", "/api/users/102/revoke", token: hub.administrator(ahead: step))
        #expect(try await hub.http.send("GET", "/api/auth/me", token: own).status == 401)
        #expect(try await hub.http.send("GET", "/api/auth/me", token: room.students[1].token).status == 401)
        let true1 = (ContinuousClock.now - begin).components.seconds
        let told = try await seconds(hub, room, of: 101, token: room.teacher.token)
        #expect(told >= true1 - 1 && told <= true1 + 15, "\(told) for \(true1)")

        // The same over a restart, and the clock is set right meanwhile.
        try await process.crash()
        try clock.set(seconds: 0)
        let (second, restarted) = try await serve(folder, clock)
        let log = await process.errors
        #expect(log.ranges(of: "the machine's clock was set").count == 1, "once: \(log)")
        #expect(await second.errors.ranges(of: "the machine's clock was set").count == 1)
        let (back, _) = try await restarted.join(room.session, as: room.students[0])
        _ = try await back.ok("ping")
        try await restarted.endClass(room)
        let true2 = (ContinuousClock.now - begin).components.seconds
        let sum = try await seconds(restarted, room, of: 101, token: room.teacher.token)
        #expect(sum >= true2 - 15 && sum <= true2 + 15, "\(sum) for \(true2)")
        try await second.stop()
    }

    // Found from outside, no. 9
    @Test func `a hub that began a day behind opens classes as soon as the clock is right`() async throws {
        let folder = try TestFolder()
        let clock = try MachineClock(folder)
        try clock.set(seconds: -86_400)
        let (process, hub) = try await serve(folder, clock)
        // The platform's clock was right all the time.
        try clock.set(seconds: 0)
        try await waitForStep(process, count: 1)
        let room = try await hub.testCourse(students: 1, isLive: false)
        _ = try await hub.join(room.session, as: room.student)
        let ping = try await hub.join(room.session, as: room.teacher).client.ok("ping")
        let told = try #require(ping["server_time"]?.stringValue.flatMap { Timestamp($0) })
        #expect(abs(told - hub.now) < 60_000)
        try await process.stop()
    }
}

extension RunningHub {
    /// A service's token of a platform whose clock is the hub's.
    fileprivate func administrator(ahead seconds: Int64) throws -> String {
        let now = now.seconds + seconds
        return try TokenService(secret: TestHub.secret).mint(
            userID: 0, email: "", role: .service, service: "tests", issuedAt: now, expiresAt: now + 3600
        )
    }
}

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif
