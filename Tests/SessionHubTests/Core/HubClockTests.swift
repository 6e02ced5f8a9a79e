import StrictJSON
import Synchronization
import Testing

@testable import SessionHub

/// A machine whose clocks a test moves.
private final class Machine: Sendable {
    private let state: Mutex<(wall: Int64, elapsed: Int64)>
    let boot: String?

    init(wall: Int64, elapsed: Int64 = 0, boot: String? = "one") {
        state = Mutex((wall, elapsed))
        self.boot = boot
    }

    var clock: HubClock {
        HubClock(wall: { self.state.withLock(\.wall) }, elapsed: { self.state.withLock(\.elapsed) }, boot: boot)
    }

    func pass(_ milliseconds: Int64) { state.withLock { $0 = ($0.wall + milliseconds, $0.elapsed + milliseconds) } }
    func set(by milliseconds: Int64) { state.withLock { $0.wall += milliseconds } }
}

@Suite("The hub's clock")
struct HubClockTests {
    private static let (start, hour, day): (Int64, Int64, Int64) = (1_773_568_800_000, 3_600_000, 86_400_000)

    // Found from outside, no. 9
    @Test func `a step is seen once and by its size, and the steady clock goes on`() {
        let machine = Machine(wall: Self.start)
        let clock = machine.clock
        #expect(clock.review() == nil)
        machine.pass(1000)
        machine.set(by: -Self.hour)
        #expect(clock.now.milliseconds == Self.start + 1000 - Self.hour)
        #expect(clock.steady.milliseconds == Self.start + 1000)
        #expect(clock.review()?.by == -Self.hour)
        #expect(clock.review() == nil)
        #expect(clock.latest.milliseconds == Self.start + 1000)
        machine.pass(500)
        machine.set(by: 900)
        #expect(clock.review() == nil, "less than a second is no step")
        #expect(clock.steady.milliseconds == Self.start + 1500)
    }

    // Found from outside, no. 9
    @Test(arguments: [0, -3_600_000, 86_400_000] as [Int64])
    func `the next process of the same boot knows how much time has passed`(step: Int64) throws {
        let machine = Machine(wall: Self.start)
        let first = machine.clock
        let record = try #require(ClockRecord(first.record.json))
        machine.pass(40_000)
        machine.set(by: step)
        let second = machine.clock
        #expect(second.resume(record)?.by == (step == 0 ? nil : step))
        #expect(second.steady.milliseconds == Self.start + 40_000)
        #expect(second.now.milliseconds == Self.start + 40_000 + step)
    }

    // Found from outside, no. 9
    @Test func `after the machine's own restart the steady clock never goes back`() throws {
        let before = Machine(wall: Self.start).clock.record
        let behind = Machine(wall: Self.start - Self.day, elapsed: 5, boot: "two").clock
        #expect(behind.resume(before)?.by == -Self.day)
        #expect(behind.steady.milliseconds == Self.start)
        let later = Machine(wall: Self.start + 60_000, elapsed: 5, boot: "two").clock
        #expect(later.resume(before) == nil)
        #expect(later.steady.milliseconds == Self.start + 60_000)
    }

    // MARK: - Tokens

    private func token(_ service: TokenService, _ clock: HubClock, seconds: Int64) throws -> String {
        let now = clock.wallSeconds
        return try service.mint(
            userID: 7, email: "a@b.example", role: .student, issuedAt: now, expiresAt: now + seconds
        )
    }

    private func answer(_ service: TokenService, _ token: String, _ clock: HubClock) -> ErrorCode? {
        do throws(HubError) {
            _ = try service.caller(from: token, at: clock)
            return nil
        } catch {
            return error.code
        }
    }

    // Found from outside, no. 9
    @Test func `set back, a token of before is none from the future, and one from the future stays one`() throws {
        let service = try TokenService(secret: String(repeating: "s", count: 40))
        let machine = Machine(wall: Self.start)
        let clock = machine.clock
        let old = try token(service, clock, seconds: 3600)
        let future = try service.mint(
            userID: 7, email: "a@b.example", role: .student, issuedAt: clock.wallSeconds + 7200,
            expiresAt: clock.wallSeconds + 9000
        )
        machine.set(by: -2 * Self.hour)
        _ = clock.review()
        #expect(answer(service, old, clock) == nil)
        #expect(answer(service, try token(service, clock, seconds: 60), clock) == nil)
        #expect(answer(service, future, clock) == .unauthenticated)
    }

    // Found from outside, no. 9
    @Test func `set forward, a token of before lives as long as it was to, and no ended one lives again`() throws {
        let service = try TokenService(secret: String(repeating: "s", count: 40))
        let machine = Machine(wall: Self.start)
        let clock = machine.clock
        let ended = try token(service, clock, seconds: 60)
        machine.pass(120_000)
        let (short, long) = (try token(service, clock, seconds: 600), try token(service, clock, seconds: 7200))
        machine.set(by: Self.day)
        _ = clock.review()
        #expect(answer(service, ended, clock) == .tokenExpired)
        #expect(answer(service, short, clock) == nil)
        let caller = try service.caller(from: long, at: clock)
        #expect(caller.expiresAt.seconds == clock.wallSeconds + 7200)
        let new = try token(service, clock, seconds: 600)
        machine.pass(700_000)
        #expect(answer(service, short, clock) == .tokenExpired)
        #expect(answer(service, long, clock) == nil)
        #expect(answer(service, new, clock) == .tokenExpired)
        // Set right again: what ended stays ended.
        machine.set(by: -Self.day)
        _ = clock.review()
        #expect(answer(service, ended, clock) == .tokenExpired)
        #expect(answer(service, short, clock) == .tokenExpired)
        #expect(answer(service, long, clock) == nil)
    }
}
