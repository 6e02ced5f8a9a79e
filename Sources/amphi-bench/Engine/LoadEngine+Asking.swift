/// Commands that are no posts of a sender.
extension LoadEngine {
    /// Sends a command; `answer` is called with its reply and the time (monotonic) at which it came.
    ///
    /// - Parameter fields: further members of the frame, each with a comma before it.
    func ask(
        _ type: String, _ fields: String = "", from connection: ClientConnection,
        answer: @escaping (_ answer: ServerFrame, _ now: UInt64) -> Void
    ) {
        let ref = connection.nextRef()
        connection.errands[ref] = answer
        connection.enqueue(#"{"ref":\#(ref),"type":"\#(type)"\#(fields)}"#, with: &writer)
        markForFlush(connection)
    }

    /// Waits for the answers to everything that was asked, at most for `patience` nanoseconds; notes what is missing.
    func finishErrands(within patience: UInt64) throws {
        try run(until: MonotonicClock.now + patience) { connections.allSatisfy(\.errands.isEmpty) }
        for connection in connections {
            let example = "client \(connection.plan.number) waits for an answer"
            tally.faults.note(.unanswered, count: connection.errands.count, example)
            connection.errands = [:]
        }
    }

    /// Asks so many questions; the answer are their ids, in the order of asking.
    func askQuestions(_ count: Int, from host: ClientConnection) throws -> [Int64] {
        var ids: [Int64] = []
        for number in 1...count {
            let fields = #","client_id":"q-\#(number)","kind":"question","text":"Question \#(number) of the benchmark""#
            ask("chat.post", fields, from: host) { [self] answer, _ in
                refused(answer, to: "chat.post", of: host)
                if case .posted(_, let receipt) = answer { ids.append(receipt.id) }
            }
        }
        try finishErrands(within: 20 * MonotonicClock.second)
        guard ids.count == count else { throw SetupError("the questions were not taken: is there a limit of posts?") }
        return ids
    }

    /// The answer of a command that must not be refused.
    func refused(_ answer: ServerFrame, to command: String, of connection: ClientConnection) {
        guard case .refused(_, let refusal) = answer else { return }
        tally.faults.note(.refused, "client \(connection.plan.number), \(command): \(refusal.code)")
    }
}
