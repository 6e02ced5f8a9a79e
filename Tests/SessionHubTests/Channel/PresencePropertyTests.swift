import TestSupport
import Testing

@testable import SessionHub
@testable import WebSocketServer

/// Presence under random histories in virtual time: connections that close, die in silence, overlap and come back,
/// hellos on their way through the store, several loops that hear of everything a moment later, restarts of the hub.
@Suite("Property: presence")
struct PresencePropertyTests {
    @Test(arguments: 1...60)
    func `nobody lingers, nobody flickers, and every loop tells the same`(seed: UInt64) throws {
        var world = PresenceWorld(seed: seed)
        for _ in 0..<3600 { try world.step() }
        try world.settle()
    }

    /// What a reader has put together from a snapshot and diffs is at every version what a newcomer is shown, below the
    /// limit, above it, and across.
    @Test(arguments: 1...6)
    func `a snapshot and its diffs are a fresh snapshot, across the limit as well`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var presence = Presence(grace: 0)
        let now = Timestamp(milliseconds: 1_000_000)
        let readers: [Int64] = [1, 2, 3]
        for id in readers { presence.connected(.make(id, role: id == 1 ? .instructor : .participant)) }
        _ = presence.tick()
        var view = presence.view
        var pictures = try readers.map { try PresencePicture(view.snapshot(for: .make($0))) }
        var target = 230
        var crossings = 0
        for step in 0..<250 {
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                let user = Int64.random(in: 4...300, using: &random)
                let role: ClassRole = Int.random(in: 0..<8, using: &random) == 0 ? .moderator : .participant
                let hand = Int64.random(in: 1...300, using: &random)
                let isDown = Int.random(in: 0..<3, using: &random) == 0
                presence.hand(of: hand, at: isDown ? nil : Int64(step * 1000) + hand)
                if Int.random(in: 0..<4, using: &random) == 0 {
                    presence.update(.make(Int64.random(in: 1...300, using: &random), role: role))
                } else if presence.connections(of: user) == 0, presence.view.people.count < target {
                    presence.connected(.make(user, role: role))
                } else if presence.view.people.count > target {
                    presence.disconnected(user, now: now)
                }
            }
            _ = presence.expire(now: now)
            if let diff = presence.tick() {
                let wasLarge = view.isLarge
                let needsSnapshot = view.apply(diff)
                crossings += wasLarge == view.isLarge ? 0 : 1
                for (index, id) in readers.enumerated() {
                    // The reader's own entry may be older than what the home knows.
                    try pictures[index].apply(needsSnapshot ? view.snapshot(for: .make(id)) : view.json(of: diff))
                    let fresh = try PresencePicture(view.snapshot(for: .make(id)))
                    try #require(pictures[index].people == fresh.people, "seed \(seed), step \(step), reader \(id)")
                    try #require(pictures[index].count == fresh.count)
                    try #require(pictures[index].hands == fresh.hands, "seed \(seed), step \(step), reader \(id)")
                }
            }
            if step % 60 == 59 { target = target == 230 ? 170 : 230 }
        }
        #expect(crossings >= 2)
    }
}
