import StrictJSON
import Testing

@testable import SessionHub

@Suite("Event ring")
struct EventRingTests {
    private func ring(_ seqs: ClosedRange<Int64>, count: Int = 100, bytes: Int = 1 << 20) -> EventRing {
        var ring = EventRing(countLimit: count, byteLimit: bytes)
        for seq in seqs { ring.append(.make(seq)) }
        return ring
    }

    @Test func `a run goes from the cursor to the head`() {
        #expect(
            ring(5...8).run(after: 5, user: 1, isHost: false)
                == EventRing.Run(last: 8, frame: Array(#"{"seq":8,"events":[{"e":6},{"e":7},{"e":8}]}"#.utf8))
        )
    }

    @Test func `at the head there is no run`() {
        #expect(ring(5...8).run(after: 8, user: 1, isHost: false) == nil)
    }

    @Test func `an event that comes twice is kept once`() {
        var ring = ring(1...3)
        ring.append(.make(2))
        ring.append(.make(3))
        #expect(ring.run(after: 0, user: 1, isHost: false)?.last == 3)
        #expect(ring.last == 3)
    }

    @Test func `behind a gap the window begins anew`() {
        var ring = ring(1...3)
        ring.append(.make(6))
        ring.append(.make(7))
        #expect(ring.first == 6 && ring.last == 7)
        #expect(!ring.reaches(3), "what is missing stands in the journal")
        #expect(ring.reaches(5))
        #expect(ring.run(after: 5, user: 1, isHost: false)?.last == 7)
        ring.redact(seq: 3, with: [])
        #expect(ring.run(after: 5, user: 1, isHost: false)?.frame.count ?? 0 > 30, "nothing else was blanked")
    }

    @Test func `a reader before the window is told so`() {
        let ring = ring(1...10, count: 4)
        #expect(ring.first == 7)
        #expect(ring.reaches(6))
        #expect(!ring.reaches(5))
    }

    @Test func `the window is bounded in bytes and keeps the newest event`() {
        var ring = EventRing(countLimit: 100, byteLimit: 10)
        ring.append(EventRing.Entry(seq: 1, audience: .all, bytes: Array(repeating: 65, count: 8)))
        ring.append(EventRing.Entry(seq: 2, audience: .all, bytes: Array(repeating: 66, count: 80)))
        #expect(ring.first == 2)
        #expect(ring.last == 2)
    }

    @Test func `long use keeps positions right`() {
        var ring = EventRing(countLimit: 16, byteLimit: 1 << 20)
        for seq in Int64(1)...10_000 { ring.append(.make(seq)) }
        #expect(ring.first == 9985)
        #expect(
            ring.run(after: 9998, user: 1, isHost: false)?.frame
                == Array(#"{"seq":10000,"events":[{"e":9999},{"e":10000}]}"#.utf8)
        )
    }

    @Test func `a frame holds at most its limit, and always one event`() {
        let run = ring(1...10).run(after: 0, user: 1, isHost: false, limit: 64)
        #expect(run?.last == 2)
        #expect(ring(1...10).run(after: 0, user: 1, isHost: false, limit: 1)?.last == 1)
    }

    @Test func `a reader outside the audience learns that nothing is missing, and no more`() {
        var ring = EventRing()
        ring.append(.make(1))
        ring.append(EventRing.Entry(seq: 2, audience: .hosts, bytes: Array(#"{"e":2}"#.utf8)))
        ring.append(EventRing.Entry(seq: 3, audience: .user(7), bytes: Array(#"{"e":3}"#.utf8)))
        let withheld = { (seq: Int) in #"{"seq":\#(seq),"type":"withheld"}"# }
        func frame(_ user: Int64, _ isHost: Bool) -> String {
            String(decoding: ring.run(after: 0, user: user, isHost: isHost)?.frame ?? [], as: UTF8.self)
        }
        #expect(frame(1, true) == #"{"seq":3,"events":[{"e":1},{"e":2},{"e":3}]}"#)
        #expect(frame(7, false) == #"{"seq":3,"events":[{"e":1},\#(withheld(2)),{"e":3}]}"#)
        #expect(frame(8, false) == #"{"seq":3,"events":[{"e":1},\#(withheld(2)),\#(withheld(3))]}"#)
        #expect(ring.isRestricted(after: 0))
        #expect(!ring.isRestricted(after: 3))
    }

    @Test func `a redacted message is sent as its tombstone`() {
        var ring = ring(1...3)
        ring.redact(seq: 2, with: Array(#"{"gone":2}"#.utf8))
        ring.redact(seq: 99, with: [])
        #expect(
            ring.run(after: 0, user: 1, isHost: false)?.frame
                == Array(#"{"seq":3,"events":[{"e":1},{"gone":2},{"e":3}]}"#.utf8)
        )
    }
}

extension EventRing.Entry {
    static func make(_ seq: Int64) -> EventRing.Entry {
        EventRing.Entry(seq: seq, audience: .all, bytes: Array(#"{"e":\#(seq)}"#.utf8))
    }
}
