import StrictJSON
import Testing

@testable import SessionHub

@Suite("Client command")
struct ClientCommandTests {
    private func decode(_ text: String) -> Result<ClientCommand, CommandRefusal> {
        Result { () throws(CommandRefusal) in
            let command = try ClientCommand(frame: Array(text.utf8), mostBytes: HubLimits().frameBytes)
            _ = try ChannelAPI.standard.work(for: command)
            return command
        }
    }

    private func refusal(_ text: String) -> (ref: Int64?, code: ErrorCode, field: String?)? {
        guard case .failure(let refusal) = decode(text) else { return nil }
        return (refusal.ref, refusal.error.code, refusal.error.field)
    }

    @Test func `a hello carries its token and position`() throws {
        let command = try decode(#"{"ref":1,"type":"hello","token":"t","resume":{"seq":120,"epoch":"e"},"x":1}"#).get()
        guard case .hello(let hello) = try ChannelAPI.standard.work(for: command) else { throw Unexpected() }
        #expect(command.ref == 1)
        #expect(hello.token == "t")
        #expect(hello.resume == Hello.Resume(seq: 120, epoch: "e", witness: nil))
    }

    @Test func `a position may have a witness`() throws {
        let frame = #"{"ref":1,"type":"hello","resume":{"seq":120,"epoch":"e","witness":{"seq":118,"at":"T"}}}"#
        let work = try ChannelAPI.standard.work(for: decode(frame).get())
        guard case .hello(let hello) = work else { throw Unexpected() }
        #expect(hello.resume == Hello.Resume(seq: 120, epoch: "e", witness: .init(seq: 118, at: "T")))
    }

    @Test func `a post is trimmed and is a text by default`() throws {
        let command = try decode(#"{"ref":2,"type":"chat.post","client_id":"a","text":"  bonjour\n"}"#).get()
        let post = try ChatPost(command.fields, textLimit: 4000)
        #expect(post.text == "bonjour")
        #expect(post.kind == .text)
        #expect(post.clientID == "a")
    }

    @Test(
        arguments: [
            (#"[]"#, nil, ErrorCode.badJSON, nil),
            (#"{"#, nil, .badJSON, nil),
            (#"{"ref":1,"ref":2,"type":"ping"}"#, nil, .badJSON, "ref"),
            // Found from outside, no. 36
            (#"{"ref":4,"type":"chat.post","client_id":"c","text":"\ud83d"}"#, 4, .badJSON, "text"),
            (#"{"type":"chat.post","x":1e999,"ref":4}"#, 4, .badJSON, "x"),
            (#"{"ref":4,"type":"ping","a":1,"a":2}"#, 4, .badJSON, "a"),
            (#"{"ref":9007199254740992,"a":nul}"#, nil, .badJSON, "a"),
            (#"{"type":"ping"}"#, nil, .invalidField, "ref"),
            (#"{"ref":"1","type":"ping"}"#, nil, .invalidField, "ref"),
            (#"{"ref":-1,"type":"ping"}"#, nil, .invalidField, "ref"),
            (#"{"ref":3}"#, 3, .invalidField, "type"),
            (#"{"ref":3,"type":7}"#, 3, .invalidField, "type"),
            (#"{"ref":3,"type":"dance"}"#, 3, .unknownType, "type"),
            (#"{"ref":3,"type":"question.ask","id":1,"on":true}"#, 3, .unknownType, "type"),
            (#"{"ref":3,"type":"chat.post","text":"a"}"#, 3, .invalidField, "client_id"),
            (#"{"ref":3,"type":"chat.post","client_id":"c","text":"  "}"#, 3, .invalidField, "text"),
            (#"{"ref":3,"type":"chat.post","client_id":"c"}"#, 3, .invalidField, "text"),
            (#"{"ref":3,"type":"chat.post","client_id":"c","text":5}"#, 3, .invalidField, "text"),
            (#"{"ref":3,"type":"chat.post","client_id":"c","text":"a","kind":"poem"}"#, 3, .invalidField, "kind"),
            (#"{"ref":3,"type":"chat.post","client_id":"c","text":"a","kind":"answer"}"#, 3, .invalidField, "reply_to"),
            (#"{"ref":3,"type":"chat.post","client_id":"c","text":"a","reply_to":4}"#, 3, .invalidField, "reply_to"),
            (
                #"{"ref":3,"type":"chat.post","client_id":"c","text":"a","anonymous":true}"#, 3, .invalidField,
                "anonymous"
            ),
            (#"{"ref":3,"type":"chat.delete"}"#, 3, .invalidField, "id"),
            (#"{"ref":3,"type":"chat.delete","id":"9"}"#, 3, .invalidField, "id"),
            (#"{"ref":3,"type":"material.add","title":"T","url":"https://a.example"}"#, 3, .invalidField, "client_id"),
            (#"{"ref":3,"type":"material.add","client_id":"m","url":"https://a.example"}"#, 3, .invalidField, "title"),
            (#"{"ref":3,"type":"material.add","client_id":"m","title":"T"}"#, 3, .invalidField, "url"),
            (#"{"ref":3,"type":"material.remove","id":"1"}"#, 3, .invalidField, "id"),
            (#"{"ref":3,"type":"task.set"}"#, 3, .invalidField, "text"),
            (#"{"ref":3,"type":"typing","on":1}"#, 3, .invalidField, "on"),
            (#"{"ref":3,"type":"history","limit":201}"#, 3, .invalidField, "limit"),
            (#"{"ref":3,"type":"history","before_seq":5,"after_seq":1}"#, 3, .invalidField, "before_seq"),
            (#"{"ref":3,"type":"hello","resume":{"seq":1}}"#, 3, .invalidField, "resume.epoch"),
            (#"{"ref":3,"type":"hello","resume":7}"#, 3, .invalidField, "resume"),
            (
                #"{"ref":3,"type":"hello","resume":{"seq":1,"epoch":"e","witness":7}}"#, 3, .invalidField,
                "resume.witness"
            ),
            (
                #"{"ref":3,"type":"hello","resume":{"seq":1,"epoch":"e","witness":{"seq":2,"at":"T"}}}"#, 3,
                .invalidField, "resume.witness.seq"
            ),
            (
                #"{"ref":3,"type":"hello","resume":{"seq":1,"epoch":"e","witness":{"seq":1}}}"#, 3, .invalidField,
                "resume.witness.at"
            ),
            (#"{"ref":3,"type":"token.refresh"}"#, 3, .invalidField, "token"),
        ] as [(String, Int64?, ErrorCode, String?)])
    func `what is wrong is said with its ref, code and field`(
        text: String, ref: Int64?, code: ErrorCode, field: String?
    ) {
        let refusal = refusal(text)
        #expect(refusal?.ref == ref)
        #expect(refusal?.code == code)
        #expect(refusal?.field == field)
    }

    @Test func `a text of 4000 characters is taken, one more is not`() {
        let text = { (count: Int) in
            #"{"ref":3,"type":"chat.post","client_id":"c","text":"\#(String(repeating: "é", count: count))"}"#
        }
        #expect(refusal(text(4000)) == nil)
        #expect(refusal(text(4001))?.field == "text")
    }
}

struct Unexpected: Error {}
