import Testing

@testable import amphi_bench

struct ServerFrameTests {
    private func decode(_ text: String) throws(JSONScanner.Malformed) -> ServerFrame {
        try ServerFrame(decoding: Array(text.utf8))
    }

    @Test func `a chat message carries its marker, author and client_id`() throws {
        let frame = try decode(
            #"{"seq":132,"events":[{"seq":132,"type":"chat.message","at":"2026-03-15T10:05:00.123Z","id":9,"#
                + #""user":{"id":7,"name":"Awa \"A\" Ndiaye","role":"participant"},"kind":"text","#
                + #""text":"b:3:14:1592:xxxx","client_id":"b-3-14"}]}"#)
        let receipt = ServerFrame.Receipt(id: 9, seq: 132, isDuplicate: false)
        let event = SessionEvent(
            seq: 132, digest: EventDigest.make(receipt: receipt, author: 7, text: "b:3:14:1592:xxxx"),
            marker: Post.Marker(sender: 3, number: 14, sentAt: 1592), author: 7, clientID: "b-3-14",
            at: "2026-03-15T10:05:00.123Z")
        #expect(frame == .events(EventBatch(position: 132, events: [event])))
    }

    @Test func `the order of members and white space mean nothing`() throws {
        let plain = #"{"seq":2,"events":[{"seq":2,"type":"session.started","by":{"id":5}}]}"#
        let other = #" { "events" : [ { "by" : {"id" : 5}, "type":"session.started", "seq" : 2 } ], "seq":2 } "#
        #expect(try decode(plain) == decode(other))
    }

    @Test func `a withheld event has a place but no digest`() throws {
        let event = SessionEvent(seq: 4, digest: nil, marker: nil, author: nil, clientID: nil)
        let frame = try decode(#"{"seq":4,"events":[{"seq":4,"type":"withheld"}]}"#)
        #expect(frame == .events(EventBatch(position: 4, events: [event])))
    }

    @Test func `a page of the history is no receipt`() throws {
        let event = SessionEvent(seq: 4, digest: nil, marker: nil, author: nil, clientID: nil)
        let frame = try decode(#"{"ref":3,"ok":{"events":[{"seq":4,"type":"withheld"}],"more":true}}"#)
        #expect(frame == .page(ref: 3, [event]))
    }

    @Test func `text that only looks like members is text`() throws {
        let frame = try decode(
            #"{"seq":5,"events":[{"seq":5,"type":"chat.message","text":"\"seq\":9},{\"seq\":10","user":null}]}"#)
        guard case .events(let batch) = frame else {
            Issue.record("no events: \(frame)")
            return
        }
        #expect(batch.events.map(\.seq) == [5])
    }

    @Test(arguments: [
        (
            #"{"ref":1,"ok":{"type":"welcome","session":{"id":3},"seq":131,"epoch":"9f","resumed":true,"events":[],"#
                + #""presence":{"version":2,"count":40,"people":[]},"limits":{"posts_per_user":{"per_second":5}}}}"#,
            ServerFrame.welcome(ServerFrame.Welcome(seq: 131, epoch: "9f", resumed: true, events: [], present: 40))
        ),
        (
            #"{"ref":8,"ok":{"id":9,"seq":132,"duplicate":true}}"#,
            .posted(ref: 8, ServerFrame.Receipt(id: 9, seq: 132, isDuplicate: true))
        ),
        (
            #"{"ref":9,"error":{"code":"rate_limited","message":"slow","retry_after_ms":800}}"#,
            .refused(
                ref: 9, ServerFrame.Refusal(code: "rate_limited", message: "slow", retryAfterMilliseconds: 800))
        ),
        (
            #"{"ref":null,"error":{"code":"bad_json","message":"no"}}"#,
            .refused(ref: nil, ServerFrame.Refusal(code: "bad_json", message: "no", retryAfterMilliseconds: nil))
        ),
        (
            #"{"bye":{"code":4000,"reason":"restart","reconnect":true,"after_ms":350}}"#,
            .bye(ServerFrame.Bye(code: 4000, afterMilliseconds: 350))
        ),
        (
            #"{"presence":{"version":8,"count":7,"joined":[{"id":1}],"left":[2,3],"updated":[]}}"#,
            .presence(ServerFrame.PresenceNews(present: 7, joined: [1], left: [2, 3]))
        ),
        (
            #"{"presence":{"version":8,"count":7,"people":[{"id":1}]}}"#,
            .presence(ServerFrame.PresenceNews(present: 7, people: [1]))
        ),
        (
            #"{"presence":{"version":9,"count":7,"joined":[],"left":[],"updated":[],"hands":[22,21]}}"#,
            .presence(ServerFrame.PresenceNews(present: 7, hands: [22, 21]))
        ),
        (
            #"{"ref":1,"ok":{"type":"welcome","session":{"id":3,"chat_mode":"locked","status":"live"},"me":{"role":"participant","#
                + #""muted":{"until":null},"user":{"id":4}},"seq":1,"epoch":"9f","resumed":false,"events":[],"#
                + #""presence":{"version":2,"count":1,"people":[],"hands":[4]},"#
                + #""questions":[{"id":9,"votes":3,"voted":true,"user":null},{"id":10,"votes":0,"voted":false}]}}"#,
            .welcome(
                ServerFrame.Welcome(
                    seq: 1, epoch: "9f", resumed: false, events: [], present: 1, hands: [4],
                    questions: [9: ServerFrame.Question(votes: 3, hasVoted: true), 10: ServerFrame.Question()],
                    isMuted: true, chatMode: "locked"))
        ),
        (#"{"votes":{"9":14,"10":0}}"#, .votes([9: 14, 10: 0])),
        (#"{"ref":3,"ok":{"votes":14}}"#, .done(ref: 3, ServerFrame.Done(votes: 14))),
        (#"{"ref":3,"ok":{"seq":7}}"#, .done(ref: 3, ServerFrame.Done(seq: 7))),
        (#"{"ref":3,"ok":{}}"#, .done(ref: 3, ServerFrame.Done())),
        (#"{"typing":[]}"#, .ephemeral(name: "typing")),
    ])
    func `every kind of frame is told from the others`(text: String, frame: ServerFrame) throws {
        #expect(try decode(text) == frame)
    }

    @Test(arguments: [
        "", "[]", "{", "{}x", #"{"seq":}"#, #"{"seq":1 "events":[]}"#, #"{"seq":1,"events":[}"#, #"{"typing":[1,]}"#,
        #"{"typing":["#, #"{"a":tru}"#, #"{"a":"unfinished}"#, "{\"a\":\"\u{1}\"}", #"{"seq":1.5,"events":[]}"#, "{}",
        #"{"a" 1}"#, #"{"events":[{"type":"x"}],"seq":1}"#,
    ])
    func `what is no frame is refused`(text: String) {
        #expect(throws: JSONScanner.Malformed.self) { try decode(text) }
    }

    @Test func `broken UTF-8 is refused`() {
        let bytes = Array(#"{"a":""#.utf8) + [0xFF] + Array(#""}"#.utf8)
        #expect(throws: JSONScanner.Malformed.self) { try ServerFrame(decoding: bytes) }
    }

    @Test func `a post's frame gives back its marker`() throws {
        let post = Post(Post.Marker(sender: 12, number: 3, sentAt: 99), textBytes: 40)
        #expect(post.text == "b:12:3:99:xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")
        #expect(Post.Marker(Array(post.text.utf8)[...]) == post.marker)
        #expect(post.carrying(1234).text.utf8.count == 40)
        #expect(Post.Marker(Array("hello".utf8)[...]) == nil)
        #expect(Post.Marker(Array("b:1:x:3:".utf8)[...]) == nil)
    }
}
