import Database
import StrictJSON

/// A commit as its hub tells it to the others at once, with everything that they would otherwise read of it: in the
/// steady run nobody reads what another hub has written.
///
/// The row of `hub_news` stays the word that cannot be lost. What was told is used only for the commit that is next
/// where it is heard, so that nothing is published twice or out of order, and a hub that missed one reads on from the
/// table. PostgreSQL lets everybody who may connect to a database call NOTIFY and LISTEN in it, so that each is hidden
/// and sealed with a key that the hubs have in common.
struct ToldCommit: Sendable {
    let place: CommitLog.Place
    /// The mark of the commit before it.
    let former: Int64
    let events: [ServerEvent]
    let signals: [HubSignal]
    let changes: [HomeChange]
}

// MARK: - As it is told

extension ToldCommit {
    /// `{"n":number,"m":mark,"f":former,"news":{...},"events":[[session,seq,type,at,audience,user,role,payload,
    /// content]],"people":{"id":[first name,last name,avatar]}}`; `news` as of `CommitNews`, times in milliseconds.
    ///
    /// - Returns: nil for what is better read: texts that were taken away elsewhere in the journal.
    static func json(
        _ turn: CommitLog.Turn, _ news: CommitNews, _ events: [ServerEvent], _ changes: [HomeChange]
    ) -> JSON? {
        guard events.allSatisfy(\.redactions.isEmpty) else { return nil }
        var object = JSONObject([
            ("n", .integer(turn.number)), ("m", .integer(turn.mark)), ("f", .integer(turn.former)),
        ])
        if !news.isEmpty { object["news"] = news.json }
        let people = events.compactMap(\.actor?.person) + changes.compactMap(\.person)
        if !events.isEmpty {
            object["events"] = .array(
                events.map { event in
                    [
                        .integer(event.session), .integer(event.seq), .string(event.kind.name),
                        .integer(event.at.milliseconds), .string(event.audience.text),
                        .optional(event.actor?.person.id), .optional(event.actor?.role?.rawValue),
                        .object(event.payload), .object(event.content),
                    ]
                })
        }
        if !people.isEmpty {
            var known = JSONObject([])
            for person in people {
                known["\(person.id)"] = [
                    .string(person.firstName), .string(person.lastName), .optional(person.avatar),
                ]
            }
            object["people"] = .object(known)
        }
        return .object(object)
    }

    /// Nil for what this hub does not know, a newer hub's perhaps: it is read from the journal, with what is made of
    /// such things there.
    init?(_ json: JSON, _ reader: EventReader) {
        guard let number = json["n"]?.integerValue, let mark = json["m"]?.integerValue,
            let former = json["f"]?.integerValue, let news = try? CommitNews(json["news"] ?? .object(JSONObject([])))
        else { return nil }
        var people: [Int64: Person] = [:]
        for member in json["people"]?.objectValue?.members ?? [] {
            guard let id = Int64(member.name), let parts = member.value.arrayValue, parts.count == 3,
                let first = parts[0].stringValue, let last = parts[1].stringValue
            else { return nil }
            people[id] = Person(id: id, firstName: first, lastName: last, avatar: parts[2].stringValue)
        }
        var events: [ServerEvent] = []
        for item in json["events"]?.arrayValue ?? [] {
            guard let event = Self.event(item.arrayValue ?? [], people, reader) else { return nil }
            events.append(event)
        }
        var changes = news.changes
        for index in changes.indices {
            guard let subject = changes[index].subject else { continue }
            guard let person = people[subject] else { return nil }
            changes[index].person = person
        }
        place = CommitLog.Place(number: number, mark: mark)
        (self.former, self.events, self.signals, self.changes) = (former, events, news.signals, changes)
    }

    private static func event(_ parts: [JSON], _ people: [Int64: Person], _ reader: EventReader) -> ServerEvent? {
        guard parts.count >= 9, let session = parts[0].integerValue, let seq = parts[1].integerValue,
            let kind = parts[2].stringValue.flatMap(reader.kind(named:)), let at = parts[3].integerValue,
            let audience = parts[4].stringValue.flatMap(Audience.init), let payload = parts[7].objectValue,
            let content = parts[8].objectValue
        else { return nil }
        var actor: Actor?
        if let id = parts[5].integerValue {
            guard let person = people[id] else { return nil }
            actor = Actor(person, role: parts[6].stringValue.flatMap(ClassRole.init(rawValue:)))
        }
        return ServerEvent(
            session: session, seq: seq, kind: kind, at: Timestamp(milliseconds: at), audience: audience, actor: actor,
            payload: payload, content: content)
    }
}

/// What cannot be published yet: what was told before its turn, because a commit before it has not yet come, and what
/// this hub has committed itself behind commits that it could not read.
struct EarlyCommits {
    /// Beyond so many a hub reads what it missed.
    private static let most = 256

    private var told: [Int64: ToldCommit] = [:]
    private var own: [Int64: ToldCommit] = [:]

    var isEmpty: Bool { told.isEmpty && own.isEmpty }

    mutating func add(_ commit: ToldCommit) {
        if told.count < Self.most { told[commit.place.number] = commit }
    }

    mutating func forgetTold() { told = [:] }

    /// Keeps a commit of this hub's own, which nobody else tells.
    mutating func hold(_ commit: ToldCommit) { own[commit.place.number] = commit }

    func next(after number: Int64) -> ToldCommit? { own[number + 1] ?? told[number + 1] }

    /// The commits of this hub's own up to a number.
    func held(through number: Int64) -> [ToldCommit] { own.filter { $0.key <= number }.map(\.value) }

    mutating func forget(through number: Int64) {
        told = told.filter { $0.key > number }
        own = own.filter { $0.key > number }
    }

    /// All commits with these numbers, each of which follows the one before it; nil when one is missing.
    ///
    /// - Parameter mark: of the commit before the first; nil when it is not known.
    func all(in numbers: Range<Int64>, after mark: Int64?) -> [ToldCommit]? {
        var (found, mark): ([ToldCommit], Int64?) = ([], mark)
        for number in numbers {
            guard let commit = next(after: number - 1), mark == nil || commit.former == mark else { return nil }
            found.append(commit)
            mark = commit.place.mark
        }
        return found
    }
}
