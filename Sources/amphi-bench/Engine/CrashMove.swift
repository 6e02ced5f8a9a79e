/// What people of a crash run do beside posting. Said twice, each means what it means said once.
enum CrashMove: Sendable, Equatable {
    case vote(question: Int64, on: Bool)
    case hand(isUp: Bool)
    case mute(Int64)
    case unmute(Int64)
    case remove(Int64)
    /// Of the chat: `open` or `locked`.
    case mode(String)

    func frame(ref: Int64) -> String {
        let (type, fields) =
            switch self {
            case .vote(let question, let on): ("question.vote", #""id":\#(question),"on":\#(on)"#)
            case .hand(let isUp): ("hand", #""up":\#(isUp)"#)
            case .mute(let user): ("moderation.mute", #""user_id":\#(user)"#)
            case .unmute(let user): ("moderation.unmute", #""user_id":\#(user)"#)
            case .remove(let user): ("moderation.remove", #""user_id":\#(user)"#)
            case .mode(let mode): ("chat.mode", #""mode":"\#(mode)""#)
            }
        return #"{"ref":\#(ref),"type":"\#(type)",\#(fields)}"#
    }
}
