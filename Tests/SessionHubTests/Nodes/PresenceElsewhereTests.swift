import Testing

@testable import SessionHub

/// The rules of presence for people who are at other hubs as well.
@Suite("Nodes: presence")
struct PresenceElsewhereTests {
    private static let grace: Int64 = 1000
    private static let awa = Presence.Entry(
        person: Person(id: 5, firstName: "Awa", lastName: "Diop", avatar: nil), role: .participant)

    private static func at(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }

    /// Present here since 0.
    private static func here() -> Presence {
        var presence = Presence(grace: grace)
        presence.arriving(5)
        presence.connected(awa)
        _ = presence.tick()
        return presence
    }

    @Test func `somebody elsewhere is present until that hub says otherwise`() {
        var presence = Presence(grace: Self.grace)
        presence.placed(Self.awa, at: "north")
        #expect(presence.tick()?.joined == [Self.awa])
        #expect(!presence.isAnybodyHere && presence.isAnybodyElsewhere && !presence.isEmpty)
        #expect(presence.expire(now: Self.at(1_000_000)).isEmpty)
        presence.unplaced(5, at: "south", now: Self.at(0))
        #expect(presence.tick() == nil)
        presence.unplaced(5, at: "north", now: Self.at(0))
        #expect(presence.tick()?.left == [Self.awa])
        #expect(presence.isEmpty)
    }

    @Test func `a grace ends when its person comes at another hub`() {
        var presence = Self.here()
        presence.disconnected(5, now: Self.at(0))
        presence.placed(Self.awa, at: "north")
        // The same commit says that the lost place is gone.
        presence.moved(5)
        #expect(presence.expire(now: Self.at(5000)).isEmpty)
        presence.unplaced(5, at: "north", now: Self.at(5000))
        #expect(presence.tick()?.left == [Self.awa])
    }

    @Test func `a hub that catches up lets nobody go of whose loss here the store has not yet heard`() {
        var presence = Self.here()
        presence.disconnected(5, now: Self.at(0))
        // What was meanwhile: they came at another hub, and lost that connection as well.
        presence.placed(Self.awa, at: "north")
        presence.unplaced(5, at: "north", now: Self.at(1))
        #expect(presence.tick() == nil)
        presence.lost(5, now: Self.at(2))
        presence.placed(Self.awa, at: "south")
        presence.moved(5)
        #expect(presence.tick() == nil)
        #expect(presence.expire(now: Self.at(9000)).isEmpty)
    }

    @Test func `who loses the last connection here while connected elsewhere has no grace here`() {
        var presence = Self.here()
        presence.placed(Self.awa, at: "north")
        presence.disconnected(5, now: Self.at(0))
        // What the store makes of it is to be asked nevertheless.
        #expect(presence.lostAt(of: 5) == Self.at(0))
        #expect(presence.expire(now: Self.at(5000)).isEmpty)
        presence.moved(5)
        #expect(presence.lostAt(of: 5) == nil)
        presence.unplaced(5, at: "north", now: Self.at(5000))
        #expect(presence.tick()?.left == [Self.awa])
    }

    @Test func `two hubs that lose a person at once leave the grace to the one that the store names`() {
        var presence = Self.here()
        presence.placed(Self.awa, at: "north")
        presence.disconnected(5, now: Self.at(0))
        // The other one was first, so that its place is gone; then this one's loss was the last.
        presence.unplaced(5, at: "north", now: Self.at(10))
        presence.lost(5, now: Self.at(20))
        #expect(presence.tick() == nil)
        #expect(presence.expire(now: Self.at(1000)).isEmpty)
        #expect(presence.expire(now: Self.at(1010)) == [Presence.Departure(user: 5, lostAt: Self.at(0))])
        #expect(presence.tick()?.left == [Self.awa])
        // And the other way round: nothing is known of another place, and the store says that it was the last.
        var late = Self.here()
        late.placed(Self.awa, at: "north")
        late.disconnected(5, now: Self.at(0))
        late.lost(5, now: Self.at(20))
        late.unplaced(5, at: "north", now: Self.at(30))
        #expect(late.expire(now: Self.at(1020)) == [Presence.Departure(user: 5, lostAt: Self.at(0))])
    }

    @Test func `the places of a lost hub are kept with a grace, unless their people are here`() {
        var presence = Presence(grace: Self.grace)
        presence.placed(Self.awa, at: "north")
        _ = presence.tick()
        presence.keep(Self.awa, since: Self.at(0), until: Self.at(1000))
        presence.unplaced(5, at: "north", now: Self.at(0))
        #expect(presence.tick() == nil)
        #expect(presence.expire(now: Self.at(1000)).count == 1)
        var other = Self.here()
        other.keep(Self.awa, since: Self.at(0), until: Self.at(1000))
        #expect(other.expire(now: Self.at(5000)).isEmpty)
    }

    @Test func `nobody leaves before the store has said that they are nowhere else`() {
        for isElsewhere in [false, true] {
            var presence = Self.here()
            presence.disconnected(5, now: Self.at(0))
            #expect(presence.expire(now: Self.at(1000), isShared: true).count == 1)
            #expect(presence.expire(now: Self.at(9000), isShared: true).isEmpty)
            #expect(presence.tick() == nil && presence.isAnybodyHere)
            if isElsewhere { presence.placed(Self.awa, at: "north") }
            presence.moved(5)
            #expect(presence.tick()?.left == (isElsewhere ? nil : [Self.awa]))
        }
        // Who is back before that stays.
        var presence = Self.here()
        presence.disconnected(5, now: Self.at(0))
        _ = presence.expire(now: Self.at(1000), isShared: true)
        presence.arriving(5)
        presence.moved(5)
        presence.connected(Self.awa)
        presence.moved(5)
        #expect(presence.tick() == nil && presence.connections(of: 5) == 1)
    }

    @Test func `a hand that went with a grace comes back with its person`() {
        var presence = Self.here()
        presence.hand(of: 5, at: 3)
        #expect(presence.tick()?.hands == [5])
        presence.disconnected(5, now: Self.at(0))
        #expect(presence.expire(now: Self.at(1000)).count == 1)
        #expect(presence.tick()?.hands == [])
        presence.placed(Self.awa, at: "north")
        presence.hand(of: 5, at: 3)
        #expect(presence.tick()?.hands == [5])
    }
}
