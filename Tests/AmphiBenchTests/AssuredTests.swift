import Testing

@testable import amphi_bench

struct AssuredTests {
    @Test func `nothing is certain while a command is under way`() {
        var hand = Assured(false)
        #expect(hand.known == false && hand.wanted == false)
        hand.send(true, at: 10)
        #expect(hand.known == nil && hand.wanted == true)
        hand.acknowledge(at: 20, seq: 4)
        #expect(hand.known == true)
        #expect(hand.sentAt == 10 && hand.answeredAt == 20 && hand.seq == 4)
        hand.send(false, at: 30)
        hand.refuse()
        #expect(hand.known == true && hand.answeredAt == 20)
    }

    @Test func `what something else may have changed is certain again with the next command`() {
        var hand = Assured(false)
        hand.send(true, at: 10)
        hand.acknowledge(at: 20)
        hand.doubt(until: .max)
        #expect(hand.known == nil)
        hand.send(false, at: 30)
        hand.doubt(until: 40)
        hand.acknowledge(at: 50)
        #expect(hand.known == nil, "sent before it was over")
        hand.send(true, at: 60)
        hand.acknowledge(at: 70)
        #expect(hand.known == true)
    }
}
