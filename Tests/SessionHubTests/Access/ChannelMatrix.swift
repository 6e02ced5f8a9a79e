import Testing

/// Who may send which command in which class: one line a command, one column a caller (`AccessTable.Caller`). A cell is
/// `ok`, the code of the error, or, for who is not let in at all, the code with which the channel closes (for
/// `in-header` the HTTP status).
///
/// The classes are of course 1 and new for every cell: `{early}` begins in an hour, `{scheduled}` in five minutes;
/// `{silent}` is live without chat; `{over}` has ended more than the aftertalk ago. Each command is sent right behind
/// the hello, without waiting for its answer. What the words behind a command mean stands in `ChannelMatrixTests`.
enum ChannelMatrix {
    static let table = """
        class and command                        none expired revoked outsider student       member        former cohost        assist        teacher       other admin         service channel       guest
        {early}     hello                        4500 4003    4500    4509     4011          4011          4509   ok            ok            ok            4509  ok            4502    4011        4011
        {scheduled} hello                        4500 4003    4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {live}      hello                        4500 4003    4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {ended}     hello                        4500 4003    4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {over}      hello                        4500 4003    4500    4509     4510          4510          4509   4510          4510          4510          4509  4510          4502    4510        4510
        {cancelled} hello                        4500 4003    4500    4509     4505          4505          4509   4505          4505          4505          4509  4505          4502    4505        4505
        {deleted}   hello                        4500 4003    4500    4509     4509          4509          4509   4509          4509          4509          4509  4509          4502    4509        4500
        {live}      hello          in-header     4500 401     4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {live}      hello          again         4500 4003    4500    4509     conflict      conflict      4509   conflict      conflict      conflict      4509  conflict      4502    conflict    conflict
        {live}      ping           before-hello  4501 4501    4501    4501     4501          4501          4501   4501          4501          4501          4501  4501          4501    4501        4501

        {scheduled} chat.post      text          4500 4003    4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {scheduled} chat.post      question      4500 4003    4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {scheduled} chat.post      anonymous     4500 4003    4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {scheduled} chat.post      answer        4500 4003    4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {live}      chat.post      text          4500 4003    4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {live}      chat.post      question      4500 4003    4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {live}      chat.post      anonymous     4500 4003    4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {live}      chat.post      answer        4500 4003    4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {ended}     chat.post      text          4500 4003    4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {ended}     chat.post      question      4500 4003    4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {ended}     chat.post      anonymous     4500 4003    4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {ended}     chat.post      answer        4500 4003    4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {silent}    chat.post      text          4500 4003    4500    4509     chat_disabled chat_disabled 4509   chat_disabled chat_disabled chat_disabled 4509  chat_disabled 4502    chat_disabled chat_disabled
        {silent}    chat.post      question      4500 4003    4500    4509     chat_disabled chat_disabled 4509   chat_disabled chat_disabled chat_disabled 4509  chat_disabled 4502    chat_disabled chat_disabled
        {silent}    chat.post      anonymous     4500 4003    4500    4509     chat_disabled chat_disabled 4509   chat_disabled chat_disabled chat_disabled 4509  chat_disabled 4502    chat_disabled chat_disabled
        {silent}    chat.post      answer        4500 4003    4500    4509     chat_disabled chat_disabled 4509   chat_disabled chat_disabled chat_disabled 4509  chat_disabled 4502    chat_disabled chat_disabled
        {scheduled} chat.delete    own           4500 4003    4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {scheduled} chat.delete    another's     4500 4003    4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {live}      chat.delete    own           4500 4003    4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {live}      chat.delete    another's     4500 4003    4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {ended}     chat.delete    own           4500 4003    4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {ended}     chat.delete    another's     4500 4003    4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {silent}    chat.delete    own           4500 4003    4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {silent}    chat.delete    another's     4500 4003    4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {scheduled} typing                       4500 4003    4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {live}      typing                       4500 4003    4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {ended}     typing                       4500 4003    4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok

        {scheduled} hand           own          4500 4003    4500    4509     not_live      not_live      4509   not_live      not_live      not_live      4509  not_live      4502    not_live    not_live
        {scheduled} hand           another's    4500 4003    4500    4509     forbidden     forbidden     4509   not_live      not_live      not_live      4509  not_live      4502    forbidden   forbidden
        {scheduled} hand.next                   4500 4003    4500    4509     forbidden     forbidden     4509   not_live      not_live      not_live      4509  not_live      4502    forbidden   forbidden
        {scheduled} reaction                    4500 4003    4500    4509     not_live      not_live      4509   not_live      not_live      not_live      4509  not_live      4502    not_live    not_live
        {live}      hand           own          4500 4003    4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {live}      hand           another's    4500 4003    4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {live}      hand.next                   4500 4003    4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {live}      reaction                    4500 4003    4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {ended}     hand           own          4500 4003    4500    4509     not_live      not_live      4509   not_live      not_live      not_live      4509  not_live      4502    not_live    not_live
        {ended}     hand           another's    4500 4003    4500    4509     forbidden     forbidden     4509   not_live      not_live      not_live      4509  not_live      4502    forbidden   forbidden
        {ended}     hand.next                   4500 4003    4500    4509     forbidden     forbidden     4509   not_live      not_live      not_live      4509  not_live      4502    forbidden   forbidden
        {ended}     reaction                    4500 4003    4500    4509     not_live      not_live      4509   not_live      not_live      not_live      4509  not_live      4502    not_live    not_live
        {live}      hand           for-another  4500 4003    4500    4509     forbidden     forbidden     4509   invalid_field invalid_field invalid_field 4509  invalid_field 4502    forbidden   forbidden

        {scheduled} session.start                4500 4003    4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {live}      session.start                4500 4003    4500    4509     forbidden     forbidden     4509   already_live  already_live  already_live  4509  already_live  4502    forbidden   forbidden
        {ended}     session.start                4500 4003    4500    4509     forbidden     forbidden     4509   session_over  session_over  session_over  4509  session_over  4502    forbidden   forbidden
        {scheduled} session.end                  4500 4003    4500    4509     forbidden     forbidden     4509   not_live      not_live      not_live      4509  not_live      4502    forbidden   forbidden
        {live}      session.end                  4500 4003    4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {ended}     session.end                  4500 4003    4500    4509     forbidden     forbidden     4509   session_over  session_over  session_over  4509  session_over  4502    forbidden   forbidden
        {scheduled} session.update               4500 4003    4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {live}      session.update               4500 4003    4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {ended}     session.update               4500 4003    4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden

        {scheduled} chat.mode                 4500 4003    4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {scheduled} chat.slow                 4500 4003    4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {live}      chat.mode                 4500 4003    4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {live}      chat.slow                 4500 4003    4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {ended}     chat.mode                 4500 4003    4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {ended}     chat.slow                 4500 4003    4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {live}      moderation.mute           4500 4003    4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {live}      moderation.unmute         4500 4003    4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {live}      moderation.remove         4500 4003    4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {live}      moderation.ban            4500 4003    4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {live}      moderation.unban          4500 4003    4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {ended}     moderation.mute           4500 4003    4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {ended}     moderation.ban            4500 4003    4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden

        {scheduled} cohost                       4500 4003 4500    4509     forbidden     forbidden     4509   forbidden     ok            ok            4509  ok            4502    forbidden   forbidden
        {scheduled} chat.announce                4500 4003 4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {scheduled} question.vote     another's  4500 4003 4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {scheduled} question.vote     own        4500 4003 4500    4509     forbidden     forbidden     4509   forbidden     forbidden     forbidden     4509  forbidden     4502    forbidden   forbidden
        {scheduled} question.state               4500 4003 4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {scheduled} question.pin                 4500 4003 4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {scheduled} question.approve             4500 4003 4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {scheduled} question.merge               4500 4003 4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {scheduled} question.author              4500 4003 4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {live}      cohost                       4500 4003 4500    4509     forbidden     forbidden     4509   forbidden     ok            ok            4509  ok            4502    forbidden   forbidden
        {live}      chat.announce                4500 4003 4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {live}      question.vote     another's  4500 4003 4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {live}      question.vote     own        4500 4003 4500    4509     forbidden     forbidden     4509   forbidden     forbidden     forbidden     4509  forbidden     4502    forbidden   forbidden
        {live}      question.state               4500 4003 4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {live}      question.pin                 4500 4003 4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {live}      question.approve             4500 4003 4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {live}      question.merge               4500 4003 4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {live}      question.author              4500 4003 4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {ended}     cohost                       4500 4003 4500    4509     forbidden     forbidden     4509   forbidden     ok            ok            4509  ok            4502    forbidden   forbidden
        {ended}     chat.announce                4500 4003 4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {ended}     question.vote     another's  4500 4003 4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {ended}     question.vote     own        4500 4003 4500    4509     forbidden     forbidden     4509   forbidden     forbidden     forbidden     4509  forbidden     4502    forbidden   forbidden
        {ended}     question.state               4500 4003 4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {ended}     question.pin                 4500 4003 4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {ended}     question.approve             4500 4003 4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {ended}     question.merge               4500 4003 4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {ended}     question.author              4500 4003 4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {silent}    chat.announce                4500 4003 4500    4509     forbidden     forbidden     4509   chat_disabled chat_disabled chat_disabled 4509  chat_disabled 4502    forbidden   forbidden

        {early}     material.add                 4500 4003 4500    4509     4011          4011          4509   ok            ok            ok            4509  ok            4502    4011        4011
        {early}     material.remove              4500 4003 4500    4509     4011          4011          4509   ok            ok            ok            4509  ok            4502    4011        4011
        {early}     task.set                     4500 4003 4500    4509     4011          4011          4509   ok            ok            ok            4509  ok            4502    4011        4011
        {scheduled} material.add                 4500 4003 4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {scheduled} material.remove              4500 4003 4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {scheduled} task.set                     4500 4003 4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {live}      material.add                 4500 4003 4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {live}      material.remove              4500 4003 4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {live}      task.set                     4500 4003 4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {ended}     material.add                 4500 4003 4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {ended}     material.remove              4500 4003 4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {ended}     task.set                     4500 4003 4500    4509     forbidden     forbidden     4509   ok            ok            ok            4509  ok            4502    forbidden   forbidden
        {scheduled} history        before        4500 4003    4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {scheduled} history        after         4500 4003    4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {scheduled} presence.list                4500 4003    4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {scheduled} ping                         4500 4003    4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {scheduled} token.refresh  own           4500 4003    4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {live}      history        before        4500 4003    4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {live}      history        after         4500 4003    4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {live}      presence.list                4500 4003    4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {live}      ping                         4500 4003    4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {live}      token.refresh  own           4500 4003    4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {ended}     history        before        4500 4003    4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {ended}     history        after         4500 4003    4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {ended}     presence.list                4500 4003    4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {ended}     ping                         4500 4003    4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {ended}     token.refresh  own           4500 4003    4500    4509     ok            ok            4509   ok            ok            ok            4509  ok            4502    ok          ok
        {live}      token.refresh  expired       4500 4003    4500    4509     token_expired token_expired 4509   token_expired token_expired token_expired 4509  token_expired 4502    token_expired token_expired
        {live}      token.refresh  another's     4500 4003    4500    4509     forbidden     forbidden     4509   forbidden     forbidden     forbidden     4509  forbidden     4502    forbidden   forbidden
        {live}      token.refresh  service's     4500 4003    4500    4509     forbidden     forbidden     4509   forbidden     forbidden     forbidden     4509  forbidden     4502    forbidden   forbidden
        """

    struct Row: Sendable, CustomTestStringConvertible {
        let cells: AccessTable.Row

        /// `{live}` and its kin.
        var state: String { cells.words[0] }
        var command: String { cells.words[1] }
        /// Which of its kind, where there are several.
        var kind: String { cells.words.count > 2 ? cells.words[2] : "" }
        var testDescription: String { cells.words.joined(separator: " ") }
    }

    static let rows = AccessTable(table).rows.map(Row.init)
}
