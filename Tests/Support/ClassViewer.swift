package import StrictJSON

/// Somebody on a channel who keeps a picture of the class and of the people in it, frame by frame.
package struct ClassViewer: Sendable {
    package let person: TestPerson
    package private(set) var client: WebSocketTestClient
    package private(set) var picture: ClassPicture
    package private(set) var presence: PresencePicture
    /// Received, and beyond what `picture` was asked to show: events, and the answers to own votes among them.
    private var ahead: [Step] = []
    /// Own votes without an answer, by ref.
    private var votes: [Int64: (question: Int64, on: Bool)] = [:]

    private enum Step {
        case event(JSON)
        case vote(question: Int64, on: Bool)
    }

    package init(_ person: TestPerson, in session: Int64, of hub: some ReachableHub) async throws {
        self.person = person
        let welcome: JSON
        (client, welcome) = try await hub.join(session, as: person)
        picture = try ClassPicture(welcome: welcome)
        presence = try PresencePicture(welcome["presence"] ?? .null)
        picture.see(presence)
    }

    /// Moves the picture to exactly this position.
    package mutating func catchUp(to seq: Int64) async throws {
        while picture.seq < seq {
            while ahead.isEmpty { try await receive() }
            try take(ahead.removeFirst())
        }
    }

    private mutating func take(_ step: Step) throws {
        switch step {
        case .event(let event): try picture.apply(event)
        case .vote(let question, let on): picture.questions.vote(question, on: on)
        }
    }

    /// Posts a question or another message, and remembers whose it is.
    package mutating func post(_ fields: JSON) async throws {
        if let clientID = fields["client_id"]?.stringValue { picture.questions.clientIDs.insert(clientID) }
        try await client.post("chat.post", fields)
    }

    package mutating func vote(_ question: Int64, on: Bool) async throws {
        let ref = try await client.post("question.vote", ["id": .integer(question), "on": .bool(on)])
        votes[ref] = (question, on)
    }

    /// Waits until everything that this viewer has sent is carried out. The answers stay to be taken.
    package func finishCommands() async throws { _ = try await client.ok("ping") }

    /// Takes one frame.
    private mutating func receive() async throws { try take(frame: await client.next()) }

    private mutating func take(frame: JSON) throws {
        if let ref = frame["ref"]?.integerValue, let vote = votes.removeValue(forKey: ref) {
            if frame["ok"] != nil { ahead.append(.vote(question: vote.question, on: vote.on)) }
        } else if let counts = frame["votes"] {
            picture.questions.count(counts)
        } else if let events = frame["events"]?.arrayValue {
            guard let last = events.last, frame["seq"] == last["seq"] else {
                throw TestFailure("the seq of a frame is not its last event's: \(frame.text)")
            }
            ahead += events.map { .event($0) }
        } else if let presence = frame["presence"] {
            try self.presence.apply(presence)
            picture.see(self.presence)
        } else if frame["bye"] != nil {
            throw TestFailure("sent away: \(frame.text)")
        }
    }

    /// Takes frames until presence has come to this version.
    package mutating func presence(through version: Int64) async throws {
        while presence.version < version { try await receive() }
    }

    /// Loses the connection, and what has not been looked at with it.
    package mutating func drop() async {
        await client.drop()
        ahead = []
        votes = [:]
    }

    /// Comes back at the picture's position: what the hub answers must lead on from there without a hole.
    package mutating func comeBack(
        to session: Int64, of hub: some ReachableHub, isSameAudience: Bool = true
    ) async throws {
        let welcome: JSON
        (client, welcome) = try await hub.join(session, as: person, resume: (seq: picture.seq, epoch: picture.epoch))
        guard welcome["resumed"] == true, let seq = welcome["seq"]?.integerValue else {
            throw TestFailure("not resumed: \(welcome.text)")
        }
        for event in welcome["events"]?.arrayValue ?? [] { try picture.apply(event) }
        guard picture.seq == seq else { throw TestFailure("resumed up to \(picture.seq), said \(seq)") }
        let fresh = try ClassPicture(welcome: welcome)
        let wrong = picture.differences(from: fresh, isSameAudience: isSameAudience)
            .filter { $0.hasPrefix("session") || $0.hasPrefix("question") }
        guard wrong.isEmpty else { throw TestFailure("resumed into another state: \(wrong)") }
        picture.questions.takeVotes(of: fresh.questions)
        presence = try PresencePicture(welcome["presence"] ?? .null)
        picture.see(presence)
    }

    /// Takes frames until so many people are here.
    package mutating func presence(untilCount count: Int64) async throws {
        while presence.count != count { try await receive() }
    }

    /// A second connection that says it has everything up to `seq`: it must get exactly what this picture has after it.
    package mutating func checkResume(from seq: Int64, in session: Int64, of hub: some ReachableHub) async throws {
        let (other, welcome) = try await hub.join(session, as: person, resume: (seq: seq, epoch: picture.epoch))
        guard welcome["resumed"] == true, let head = welcome["seq"]?.integerValue else {
            throw TestFailure("not resumed: \(welcome.text)")
        }
        try await catchUp(to: head)
        let expected = picture.events.filter { ($0["seq"]?.integerValue ?? 0) > seq }
        guard welcome["events"]?.arrayValue == expected else {
            throw TestFailure(
                "resumed at \(seq): \(welcome["events"]?.text ?? ""), expected \(JSON.array(expected).text)")
        }
        await other.drop()
    }

    /// The differences between this picture and that of a second connection of the same person, opened now.
    ///
    /// - Parameter withVotes: whether nothing is under way, so that both must come to the same counts.
    package mutating func compareWithFresh(
        in session: Int64, of hub: some ReachableHub, isSameAudience: Bool = true, withVotes: Bool = false
    ) async throws -> [String] {
        var fresh = try await ClassViewer(person, in: session, of: hub)
        try await catchUp(to: fresh.picture.seq)
        if withVotes {
            for frame in try await client.takeReceived() { try take(frame: frame) }
            while !ahead.isEmpty { try take(ahead.removeFirst()) }
            // A welcome has the counts of its moment, everybody else those of the last frame, which may still come.
            while !picture.questions.counts(like: fresh.picture.questions) { try await receive() }
            // What was taken may be newer than the other one's welcome.
            try await fresh.catchUp(to: picture.seq)
        }
        // Each loop has its own copy of presence, a moment earlier or later. A snapshot has its reader as of the hello,
        // even when the diff that says so to everybody is still to come.
        while presence.version != fresh.presence.version
            || presence.people[person.id] != fresh.presence.people[person.id]
        {
            let next = min(presence.version, fresh.presence.version) + 1
            try await presence(through: next)
            try await fresh.presence(through: next)
        }
        var found = picture.differences(
            from: fresh.picture, isSameAudience: isSameAudience, withVotes: withVotes)
        if presence.hands != fresh.presence.hands {
            found.append("hands \(presence.hands), fresh \(fresh.presence.hands)")
        }
        if presence.people != fresh.presence.people || presence.count != fresh.presence.count {
            let (mine, theirs) = (presence, fresh.presence)
            found.append("people at \(mine.version): \(mine.text), fresh at \(theirs.version): \(theirs.text)")
        }
        await fresh.client.drop()
        return found
    }
}
