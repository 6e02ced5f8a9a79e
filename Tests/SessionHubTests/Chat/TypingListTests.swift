import Testing

@testable import SessionHub

@Suite("Typing list")
struct TypingListTests {
    let start = Timestamp(milliseconds: 0)

    @Test func `only changes are told, in order of id`() {
        var typing = TypingList()
        var told = [typing.changed(now: start)]
        typing.set(9, on: true, now: start)
        typing.set(3, on: true, now: start)
        told.append(typing.changed(now: start))
        typing.set(9, on: true, now: start + 100)
        told.append(typing.changed(now: start + 100))
        typing.set(3, on: false, now: start + 200)
        told.append(typing.changed(now: start + 200))
        #expect(told == [nil, [3, 9], nil, [9]])
    }

    // Found from outside, no. 7
    @Test func `a post ends its author's typing, an anonymous one leaves it to its own end`() {
        var typing = TypingList()
        typing.set(3, on: true, now: start)
        typing.set(9, on: true, now: start)
        var told = [typing.changed(now: start)]
        typing.posted(3, isQuestion: true, now: start + 1000)
        told.append(typing.changed(now: start + 1000))
        typing.posted(9, isQuestion: false, now: start + 2000)
        told.append(typing.changed(now: start + 2000))
        told.append(typing.changed(now: start + 6000))
        #expect(told == [[3, 9], nil, [3], []])
    }

    @Test func `somebody who never says off stops by time`() {
        var typing = TypingList()
        typing.set(9, on: true, now: start)
        _ = typing.changed(now: start)
        #expect(typing.needsTick)
        let told = typing.changed(now: start + 6000)
        #expect(told == [])
        #expect(!typing.needsTick)
    }
}
