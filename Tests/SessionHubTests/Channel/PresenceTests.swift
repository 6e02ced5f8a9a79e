import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

@Suite("Presence")
struct PresenceTests {
    let start = Timestamp(milliseconds: 1_000_000)

    @Test func `a first connection is a join, a second one of the same person is nothing`() {
        var presence = Presence(grace: 10_000)
        presence.arriving(7)
        presence.connected(.make(7))
        let outcome1 = presence.tick()
        #expect(outcome1?.joined == [.make(7)])
        presence.connected(.make(7))
        let outcome2 = presence.tick()
        #expect(outcome2 == nil)
        #expect(presence.connections(of: 7) == 2)
    }

    @Test func `a reconnect inside the grace is invisible`() {
        var presence = Presence(grace: 10_000)
        presence.connected(.make(7))
        _ = presence.tick()
        presence.disconnected(7, now: start)
        let outcome3 = presence.expire(now: start + 9999)
        #expect(outcome3.isEmpty)
        presence.arriving(7)
        presence.connected(.make(7))
        let outcome4 = presence.expire(now: start + 60_000)
        #expect(outcome4.isEmpty)
        let outcome5 = presence.tick()
        #expect(outcome5 == nil)
    }

    @Test func `the end of the grace is a departure at the moment of the loss`() {
        var presence = Presence(grace: 10_000)
        presence.connected(.make(7))
        _ = presence.tick()
        presence.disconnected(7, now: start)
        let outcome6 = presence.expire(now: start + 10_000)
        #expect(outcome6 == [Presence.Departure(user: 7, lostAt: start)])
        let outcome7 = presence.tick()
        #expect(outcome7?.left == [.make(7)])
        #expect(presence.isEmpty)
    }

    @Test func `whoever is sent away goes at once, when the last connection is gone`() {
        var presence = Presence(grace: 10_000)
        presence.connected(.make(7))
        presence.connected(.make(7))
        _ = presence.tick()
        presence.disconnected(7, isSentAway: true, now: start)
        let early = presence.expire(now: start)
        #expect(early.isEmpty)
        presence.disconnected(7, isSentAway: true, now: start + 5)
        let departures = presence.expire(now: start + 5)
        #expect(departures == [Presence.Departure(user: 7, lostAt: start + 5)])
    }

    @Test func `a hello on its way through the store holds the place over the end of the grace`() {
        var presence = Presence(grace: 10_000)
        presence.connected(.make(7))
        presence.disconnected(7, now: start)
        presence.arriving(7)
        let outcome8 = presence.expire(now: start + 20_000)
        #expect(outcome8.isEmpty)
        presence.refused(7, now: start + 20_000)
        let outcome9 = presence.expire(now: start + 20_000)
        #expect(outcome9 == [Presence.Departure(user: 7, lostAt: start)])
    }

    @Test func `a refused first arrival leaves nothing behind`() {
        var presence = Presence(grace: 10_000)
        presence.arriving(7)
        #expect(!presence.isEmpty)
        presence.refused(7, now: start)
        #expect(presence.isEmpty)
        let outcome10 = presence.tick()
        #expect(outcome10 == nil)
    }

    @Test func `one of two tabs closing changes nothing`() {
        var presence = Presence(grace: 10_000)
        presence.connected(.make(7))
        presence.connected(.make(7))
        _ = presence.tick()
        presence.disconnected(7, now: start)
        #expect(!presence.needsTick)
        let outcome11 = presence.expire(now: start + 60_000)
        #expect(outcome11.isEmpty)
    }

    @Test func `a place kept over a restart and never taken again was lost at the restart`() {
        var presence = Presence(grace: 10_000)
        presence.keep(.make(7), since: start, until: start + 30_000)
        let outcome12 = presence.tick()
        #expect(outcome12?.joined == [.make(7)])
        let outcome13 = presence.expire(now: start + 30_000)
        #expect(outcome13 == [Presence.Departure(user: 7, lostAt: start)])
    }

    @Test func `leaving and coming back between two ticks is no change`() {
        var presence = Presence(grace: 0)
        presence.connected(.make(7))
        _ = presence.tick()
        presence.disconnected(7, now: start)
        _ = presence.expire(now: start)
        presence.connected(.make(7))
        let outcome14 = presence.tick()
        #expect(outcome14 == nil)
    }

    @Test func `a new role is an update`() {
        var presence = Presence(grace: 0)
        presence.connected(.make(7))
        _ = presence.tick()
        presence.update(.make(7, role: .moderator))
        let outcome15 = presence.tick()
        #expect(outcome15?.updated == [.make(7, role: .moderator)])
    }

    @Test(arguments: 1...20) func `every loop that applies the diffs has the same people as the home`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var presence = Presence(grace: 1000)
        var copy = PresenceView()
        var now = start
        for _ in 0..<2000 {
            let user = Int64(random.next(upperBound: UInt64(300)) + 1)
            switch random.next(upperBound: UInt64(6)) {
            case 0, 1, 2: presence.connected(.make(user, role: user % 10 == 0 ? .moderator : .participant))
            case 3: presence.disconnected(user, now: now)
            case 4: now = now + Int64(random.next(upperBound: UInt64(600)))
            default:
                _ = presence.expire(now: now)
                if let diff = presence.tick() { copy.apply(diff) }
            }
        }
        _ = presence.expire(now: now)
        if let diff = presence.tick() { copy.apply(diff) }
        #expect(copy == presence.view)
    }
}

extension Presence.Entry {
    static func make(_ id: Int64, role: ClassRole = .participant) -> Presence.Entry {
        Presence.Entry(person: Person(id: id, firstName: "P\(id)", lastName: "", avatar: nil), role: role)
    }
}
