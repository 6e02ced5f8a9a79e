package import StrictJSON

/// The questions of a class as a client puts them together: those of its first welcome, what events said since, the
/// newest counts, and its own votes.
package struct QuestionPicture: Sendable {
    /// By id, also those that no welcome would show; without `votes` and `voted`, which have no place in the order.
    private var rows: [Int64: [String: JSON]] = [:]
    private var votes: [Int64: Int64] = [:]
    private var voted: Set<Int64> = []
    private let reader: JSON?
    /// Under which this person has posted: only by them it knows its own anonymous questions.
    package var clientIDs: Set<String> = []

    /// - Parameter reader: the id of the person.
    package init(_ questions: JSON?, reader: JSON?) throws {
        guard let questions = questions?.arrayValue else { throw TestFailure("a welcome without questions") }
        self.reader = reader
        for question in questions {
            let id = try Self.id(question)
            rows[id] = Self.members(question).filter { $0.key != "votes" && $0.key != "voted" }
            count(id, question["votes"])
            if question["voted"] == true { voted.insert(id) }
        }
    }

    package var ids: [Int64] { rows.keys.sorted() }

    /// A guest was forgotten: their name is no one's.
    mutating func forget(_ user: JSON?) {
        for (id, row) in rows where row["user"]?["id"] == user {
            guard var person = row["user"]?.objectValue else { continue }
            person["name"] = "Guest"
            rows[id]?["user"] = .object(person)
        }
    }

    // MARK: - What comes

    mutating func apply(_ event: JSON) throws {
        switch event["type"] {
        case "chat.message" where event["kind"] == "question" && event["deleted"] != true:
            try add(event, seq: "seq", at: "at", state: event["state"] ?? .null)
        case "question.published" where event["deleted"] != true:
            let id = try Self.id(event)
            if rows[id] == nil { try add(event, seq: "message_seq", at: "asked_at", state: "open") }
            rows[id]?["state"] = "open"
            rows[id]?["how"] = nil
        case "question.updated": try change(event)
        case "chat.deleted": rows[try Self.id(event)] = nil
        default: break
        }
    }

    /// Takes the counts of a `votes` frame.
    mutating func count(_ frame: JSON) {
        for member in frame.objectValue?.members ?? [] { count(Int64(member.name) ?? 0, member.value) }
    }

    /// The own vote was taken.
    mutating func vote(_ id: Int64, on: Bool) { if on { voted.insert(id) } else { voted.remove(id) } }

    /// Takes over what a welcome says of votes: they change without events.
    mutating func takeVotes(of welcome: QuestionPicture) {
        for id in welcome.rows.keys {
            votes[id] = welcome.votes[id]
            vote(id, on: welcome.voted.contains(id))
        }
    }

    private mutating func add(_ event: JSON, seq: String, at: String, state: JSON) throws {
        let id = try Self.id(event)
        var row: [String: JSON] = ["id": .integer(id), "state": state, "pinned": false]
        row["seq"] = event[seq]
        row["at"] = event[at]
        for name in ["user", "text", "anonymous", "private"] { row[name] = event[name] }
        let isOwn = event["user"]?["id"] == reader || clientIDs.contains(event["client_id"]?.stringValue ?? "")
        if isOwn { row["own"] = true }
        rows[id] = row
    }

    private mutating func change(_ event: JSON) throws {
        let id = try Self.id(event)
        guard rows[id] != nil else { return }
        if let state = event["state"] {
            rows[id]?["state"] = state
            rows[id]?["how"] = event["how"]
        }
        if let pinned = event["pinned"] { rows[id]?["pinned"] = pinned }
        if let count = event["votes"] { self.count(id, count) }
        guard let into = event["merged_into"]?.integerValue else { return }
        rows[id]?["merged_into"] = .integer(into)
        if voted.contains(id), rows[into]?["own"] == nil { voted.insert(into) }
    }

    private mutating func count(_ id: Int64, _ count: JSON?) { votes[id] = count?.integerValue }

    // MARK: - Comparing

    /// Those that a welcome would show, with their votes where these are to be compared.
    private func shown(withVotes: Bool) -> [Int64: [String: JSON]] {
        var shown = rows.filter { ["pending", "open"].contains($0.value["state"]) || $0.value["pinned"] == true }
        guard withVotes else { return shown }
        for id in shown.keys {
            shown[id]?["votes"] = .integer(votes[id] ?? 0)
            shown[id]?["voted"] = .bool(voted.contains(id))
        }
        return shown
    }

    /// The counts of what is shown.
    package func counts(like other: QuestionPicture) -> Bool {
        other.shown(withVotes: false).keys.allSatisfy { votes[$0] ?? 0 == other.votes[$0] ?? 0 }
    }

    /// - Parameters:
    ///   - isSameAudience: false for a reader who was shown other events before a change of role: nothing is compared.
    ///   - withVotes: whether nothing is under way, so that votes must be the same.
    package func differences(from fresh: QuestionPicture, isSameAudience: Bool, withVotes: Bool) -> [String] {
        guard isSameAudience else { return [] }
        let (mine, theirs) = (shown(withVotes: withVotes), fresh.shown(withVotes: withVotes))
        return Set(mine.keys).union(theirs.keys).sorted().compactMap { id in
            guard mine[id] != theirs[id] else { return nil }
            return "question \(Self.text(mine[id])), fresh \(Self.text(theirs[id]))"
        }
    }

    private static func text(_ row: [String: JSON]?) -> String {
        row.map { JSON.object(JSONObject($0.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })).text } ?? "-"
    }

    private static func members(_ json: JSON) -> [String: JSON] {
        Dictionary(uniqueKeysWithValues: (json.objectValue?.members ?? []).map { ($0.name, $0.value) })
    }

    private static func id(_ json: JSON) throws -> Int64 {
        guard let id = json["id"]?.integerValue else { throw TestFailure("a question without id: \(json.text)") }
        return id
    }
}
