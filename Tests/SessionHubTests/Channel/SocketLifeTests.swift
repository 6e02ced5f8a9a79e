import Testing

@testable import SessionHub

@Suite("Socket life")
struct SocketLifeTests {
    typealias Story = SocketStory
    typealias Step = SocketStory.Step

    @Test(arguments: Story.ways)
    func `the way to the class`(story: SocketStory) { story.play() }

    @Test(arguments: Story.tokens)
    func `a token's end`(story: SocketStory) { story.play() }

    @Test(arguments: Story.rights)
    func `rights that change`(story: SocketStory) { story.play() }

    @Test(arguments: Story.readings)
    func `outages and gaps`(story: SocketStory) { story.play() }

    @Test(arguments: Story.ends)
    func `an end while rights are asked for`(story: SocketStory) { story.play() }

    @Test(arguments: Story.misuses)
    func `floods and hellos out of place`(story: SocketStory) { story.play() }

    private let hello = Step(.hello(.success(Story.awa)), .stopWaiting, Story.arrive(Story.awa))

    @Test func `what comes behind the hello waits for the welcome, and is taken in its order`() {
        let steps = [
            hello, Step(.received(1)), Step(.received(2)), Step(.admitted),
            Step(.welcomed(Story.seen), .wait(3_600_000), .receive([1]), .receive([2]), .catchUp),
            Step(.received(3), .perform([3])),
        ]
        let life = Story(name: "pipelined", steps: steps).play()
        #expect(life.isJoined && life.isReading && life.isCounted)
    }

    @Test func `at most 32 frames wait`() {
        var steps = [hello]
        steps += (1...32).map { Step(.received($0)) }
        steps.append(Step(.received(33), .stopWaiting, .bye(.tooManyRequests, after: 1000)))
        // The store's word comes too late: no welcome, but the channel counts the connection until it is gone.
        steps += [Step(.admitted), Step(.welcomed(Story.seen)), Step(.closed, .stopWaiting, .leave(counted: true))]
        Story(name: "flood", steps: steps).play()
    }

    @Test func `a newer token must be the same person's, and open this session`() {
        let life = Story.joined("joined").play()
        let cases: [(Caller, Bool)] = [
            (Story.caller(2, until: 9), true), (Story.caller(2, channel: 8), true), (Story.caller(3), false),
            (Story.caller(2, channel: 9), false),
        ]
        for (fresh, isTaken) in cases {
            let result = Result { () throws(HubError) in try life.requireSamePerson(fresh) }
            let isRefused = (try? result.get()) == nil
            #expect(isRefused != isTaken, "\(fresh)")
        }
    }

    @Test func `who changed between admission and welcome is asked for again`() {
        let steps = [
            hello, Step(.admitted), Step(.welcomed(Story.renamed), .wait(3_600_000), .askAccess, .catchUp),
            Step(.checked(.success(Story.renamed)), .tellChange(Story.renamed), .catchUp),
        ]
        #expect(Story(name: "renamed", steps: steps).play().entry == Story.renamed)
    }

    @Test func `before the hello nothing is asked of the store`() {
        Story(name: "early", steps: [Step(.opened, .wait(10_000)), Step(.changed)]).play()
    }

    @Test func `who reads the journal takes no events beside it`() {
        var life = Story.joined("joined").play()
        _ = life.fellBehind(at: 10, last: 20)
        #expect(!life.isReading)
        _ = life.pageCame(isThere: true)
        #expect(life.isReading)
    }

    @Test func `the first reason to close wins, and the channel hears of the end once`() {
        let life = Story.joined(
            "end",
            [
                Step(.bye(.sessionGone), .stopWaiting, .bye(.sessionGone, after: 0)), Step(.bye(.normal)),
                Step(.received(1)), Step(.waited(5_400_000)), Step(.closed, .stopWaiting, .leave(counted: true)),
                Step(.closed, .stopWaiting, .leave(counted: false)),
            ]
        ).play()
        #expect(!life.isReading && !life.isCounted)
    }
}
