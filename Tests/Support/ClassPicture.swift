package import StrictJSON

/// What a client knows of a class: a welcome, and the events after it, by the words of Protocol.md alone.
///
/// It shares no code with the hub, so that "state + events = fresh state" can be checked against it.
package struct ClassPicture: Sendable {
    package let epoch: String
    package private(set) var seq: Int64
    package private(set) var session: JSONObject
    package private(set) var me: JSONObject
    /// What hosts have put up: the welcome's `materials` and `task`.
    package private(set) var materials: [JSON]
    package private(set) var task: JSON
    /// Every event since the first welcome's oldest, tombstones in the places of deleted messages.
    package private(set) var events: [JSON]
    package var questions: QuestionPicture

    package init(welcome: JSON) throws {
        guard let epoch = welcome["epoch"]?.stringValue, let seq = welcome["seq"]?.integerValue,
            let session = welcome["session"]?.objectValue, let me = welcome["me"]?.objectValue,
            let events = welcome["events"]?.arrayValue, let materials = welcome["materials"]?.arrayValue,
            let task = welcome["task"]
        else { throw TestFailure("no welcome: \(welcome.text)") }
        (self.epoch, self.seq, self.session, self.me, self.events) = (epoch, seq, session, me, events)
        (self.materials, self.task) = (materials, task)
        questions = try QuestionPicture(welcome["questions"], reader: me["user"]?["id"])
    }

    /// Takes the next event: any other one is a failure.
    package mutating func apply(_ event: JSON) throws {
        guard event["seq"]?.integerValue == seq + 1, let type = event["type"]?.stringValue else {
            throw TestFailure("after \(seq): \(event.text)")
        }
        seq += 1
        events.append(event)
        try questions.apply(event)
        switch type {
        case "chat.message", "hand.called", "role.changed", "question.published", "question.updated", "withheld": break
        case "material.added", "material.removed", "task.set": take(material: event)
        case "moderation.updated": take(act: event)
        case "guest.erased":
            forget(event["user_id"])
            questions.forget(event["user_id"])
        case "chat.deleted": bury(event["message_seq"]?.integerValue)
        case "session.started": change(event, status: "live", ["actual_start_at"])
        case "session.ending":
            session["ending_at"] = event["ends_at"]
            session["updated_at"] = event["at"]
        case "session.ended":
            change(event, status: "ended", ["actual_end_at", "ended_by", "recording_url"])
            session["ending_at"] = .null
        case "session.reopened":
            change(event, status: "live", [])
            for name in ["actual_end_at", "ended_by"] { session[name] = .null }
        case "session.cancelled": change(event, status: "cancelled", [])
        case "session.updated":
            for member in event["changes"]?.objectValue?.members ?? [] { session[member.name] = member.value }
            session["updated_at"] = event["at"]
        default: throw TestFailure("an event that Protocol.md does not know: \(event.text)")
        }
    }

    /// The members that the event names, its status, and the row's moment of change.
    private mutating func change(_ event: JSON, status: String, _ names: [String]) {
        session["status"] = .string(status)
        session["updated_at"] = event["at"]
        for name in names { if let value = event[name] { session[name] = value } }
    }

    /// A mute of this person, or its end.
    private mutating func take(act event: JSON) {
        guard event["user_id"] == me["user"]?["id"] else { return }
        switch event["action"] {
        case "mute": me["muted"] = ["until": event["until"] ?? .null]
        case "unmute": me["muted"] = .null
        default: break
        }
    }

    /// What is up from now on. Of what was up before, and is no more, its event says nothing.
    private mutating func take(material event: JSON) {
        switch event["type"] {
        case "material.added":
            guard event["removed"] == nil else { return }
            materials.append([
                "id": event["id"] ?? .null, "title": event["title"] ?? .null, "url": event["url"] ?? .null,
            ])
        case "material.removed":
            materials.removeAll { $0["id"] == event["id"] }
            empty("material.added", ["title", "url"], saying: "removed") { $0["id"] == event["id"] }
        default:
            if let text = event["text"] { task = text }
            empty("task.set", ["text"], saying: "replaced") { $0["seq"] != event["seq"] && $0["text"]?.isNull == false }
        }
    }

    private mutating func empty(_ type: JSON, _ names: [String], saying word: String, where fits: (JSON) -> Bool) {
        for index in events.indices where events[index]["type"] == type && fits(events[index]) {
            guard var event = events[index].objectValue else { continue }
            for name in names { event[name] = nil }
            event[word] = true
            events[index] = .object(event)
        }
    }

    /// Everything that this person did is a guest's from now on.
    private mutating func forget(_ user: JSON?) {
        for index in events.indices {
            guard var event = events[index].objectValue else { continue }
            for member in ["user", "by"] where event[member]?["id"] == user {
                guard var actor = event[member]?.objectValue else { continue }
                actor["name"] = "Guest"
                event[member] = .object(actor)
            }
            events[index] = .object(event)
        }
    }

    private mutating func bury(_ seq: Int64?) {
        guard let index = events.firstIndex(where: { $0["seq"]?.integerValue == seq }),
            events[index]["type"] == "chat.message", var message = events[index].objectValue
        else { return }
        message["text"] = nil
        message["client_id"] = nil
        message["deleted"] = true
        events[index] = .object(message)
    }

    /// Takes over how presence shows this person: it is newer than the welcome's `me`.
    package mutating func see(_ presence: PresencePicture) {
        guard let id = me["user"]?["id"]?.integerValue, let own = presence.people[id], let role = own["role"] else {
            return
        }
        let (wasHost, isHost) = (me["role"] != "participant", role != "participant")
        me["user"] = own
        me["role"] = role
        guard wasHost != isHost, let permissions = me["permissions"]?.arrayValue else { return }
        let others = permissions.filter { !Self.permissionsOfHosts.contains($0) && $0 != Self.permissionOfTeachers }
        me["permissions"] = .array(isHost ? others + Self.permissionsOfHosts : others)
    }

    private static let permissionOfTeachers: JSON = "cohost"

    /// Without what a welcome alone says: presence does not tell which host teaches the course.
    private static func told(_ me: JSONObject) -> JSONObject {
        var me = me
        if let permissions = me["permissions"]?.arrayValue {
            me["permissions"] = .array(permissions.filter { $0 != permissionOfTeachers })
        }
        return me
    }

    /// Those that come and go with the role, in the order of Protocol.md.
    private static let permissionsOfHosts: [JSON] = [
        "chat.delete.any", "chat.announce", "session.start", "session.end", "session.update", "chat.mode", "chat.slow",
        "moderation.mute", "moderation.unmute", "moderation.remove", "moderation.ban", "moderation.unban",
        "hand.next", "question.state", "question.pin", "question.approve", "question.merge",
        "question.author", "material.add", "material.remove", "task.set",
    ]

    /// What differs from the picture of somebody who has just come in at the same position; empty when nothing does.
    ///
    /// - Parameters:
    ///   - isSameAudience: false for a reader who was shown other events before a change of role.
    ///   - withVotes: whether the votes are to be the same: nothing is under way.
    package func differences(
        from fresh: ClassPicture, isSameAudience: Bool = true, withVotes: Bool = false
    ) -> [String] {
        var found = questions.differences(
            from: fresh.questions, isSameAudience: isSameAudience, withVotes: withVotes)
        if epoch != fresh.epoch || seq != fresh.seq { found.append("position \(seq), fresh \(fresh.seq)") }
        for (name, mine, theirs) in [("session", session, fresh.session), ("me", Self.told(me), Self.told(fresh.me))] {
            for member in Set((mine.members + theirs.members).map(\.name)).sorted()
            where mine[member] != theirs[member] {
                found.append("\(name).\(member): \(mine[member]?.text ?? "-"), fresh \(theirs[member]?.text ?? "-")")
            }
        }
        for (name, mine, theirs) in [
            ("materials", .array(materials), .array(fresh.materials)), ("task", task, fresh.task),
        ] as [(String, JSON, JSON)] where mine != theirs {
            found.append("\(name): \(mine.text), fresh \(theirs.text)")
        }
        for (mine, theirs) in zip(events.suffix(fresh.events.count), fresh.events) where mine != theirs {
            if !isSameAudience, mine["type"] == "withheld" || theirs["type"] == "withheld" { continue }
            found.append("event \(mine.text), fresh \(theirs.text)")
        }
        if events.count < fresh.events.count { found.append("\(events.count) events, fresh \(fresh.events.count)") }
        return found
    }
}
