import StrictJSON
import TestSupport
import Testing

/// Somebody in a class who behaves as the page does: goes on with what was not answered, and comes back to where they
/// were. Keeps everything that they were shown.
actor ClassMember {
    nonisolated let person: TestPerson
    nonisolated let session: Int64
    private let hub: RunningHub
    private var client: WebSocketTestClient
    private var epoch: String
    private var picture: PresencePicture

    /// The event before the first one of `seen`.
    private(set) var start: Int64
    /// Every event that came, in order.
    private(set) var seen: [JSON] = []
    /// The seq of each post that was acknowledged, by its `client_id`.
    private(set) var acknowledged: [String: Int64] = [:]
    /// With which code each connection but the last has ended; the next one was there then.
    private(set) var ends: [UInt16] = []
    /// How often nobody let this one in.
    private(set) var refusals: [String] = []
    /// Who was not present in the eyes of this one, since everybody was.
    private(set) var missed: Set<Int64> = []
    private var everybody: Set<Int64> = []
    private var isQuiet = false

    /// Joins the class.
    init(_ person: TestPerson, in session: Int64, at hub: RunningHub) async throws {
        (self.person, self.session, self.hub) = (person, session, hub)
        let (client, welcome) = try await hub.join(session, as: person)
        self.client = client
        start = welcome["seq"]?.integerValue ?? 0
        epoch = welcome["epoch"]?.stringValue ?? ""
        picture = try PresencePicture(welcome["presence"] ?? .null)
    }

    private var seq: Int64 { seen.last?["seq"]?.integerValue ?? start }

    /// Waits until these are present. From then on nobody may miss.
    func see(_ people: Set<Int64>) async throws {
        picture = try await client.presence(picture, until: people)
        everybody = people
    }

    /// Says something, as often as it takes until it is acknowledged.
    func say(_ clientID: String) async throws {
        let deadline = Deadline(after: .seconds(40))
        let fields: JSON = ["client_id": .string(clientID), "text": .string("\(TestHub.mark) \(clientID)")]
        while !deadline.hasPassed {
            let reply = try? await client.request("chat.post", fields)
            try await look()
            if let seq = reply?["ok"]?["seq"]?.integerValue {
                acknowledged[clientID] = seq
                return
            }
            if let pause = reply?["error"]?["retry_after_ms"]?.integerValue {
                try await blocking { _ = poll(nil, 0, Int32(pause)) }
            } else if reply == nil {
                try await comeBack()
            } else {
                throw TestFailure("refused: \(reply?.text ?? "")")
            }
        }
        throw TestFailure("\(clientID) is not acknowledged")
    }

    func beQuiet() { isQuiet = true }

    /// Says one thing after the other, until told to be quiet.
    func talk() async throws {
        var number = 0
        while !isQuiet {
            try await say("\(person.id)-\(number)")
            number += 1
            // As fast as people talk who have much to say.
            try await blocking { _ = poll(nil, 0, 50) }
        }
    }

    /// Waits until the event with this seq has come.
    func catchUp(to last: Int64) async throws {
        let deadline = Deadline(after: .seconds(20))
        while seq < last {
            guard !deadline.hasPassed else { throw TestFailure("\(person.id) is at \(seq) of \(last)") }
            _ = try await client.ok("ping")
            try await look()
        }
    }

    /// Takes what has come.
    private func look() async throws {
        for frame in try await client.takeReceived() { try take(frame) }
    }

    private func take(_ frame: JSON) throws {
        for event in frame["events"]?.arrayValue ?? [] {
            guard event["seq"]?.integerValue == seq + 1 else {
                throw TestFailure("\(event["seq"]?.text ?? "") after \(seq)")
            }
            seen.append(event)
        }
        guard let presence = frame["presence"] else { return }
        try picture.apply(presence)
        missed.formUnion(everybody.subtracting(picture.ids))
    }

    /// Whoever has lost the connection goes on where they were, at whatever node takes them.
    private func comeBack() async throws {
        let end = try await client.closeCode()
        let deadline = Deadline(after: .seconds(30))
        while true {
            do {
                let (next, welcome) = try await hub.join(session, as: person, resume: (seq, epoch))
                guard welcome["resumed"] == true else { throw TestFailure("not resumed: \(welcome.text.prefix(300))") }
                client = next
                ends.append(end)
                return try take(welcome)
            } catch  where !deadline.hasPassed {
                try await blocking { _ = poll(nil, 0, 200) }
            }
        }
    }
}

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif
