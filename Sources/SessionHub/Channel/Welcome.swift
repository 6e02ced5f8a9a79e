import Database
import StrictJSON
import Synchronization

/// What somebody needs who comes or comes back, read in one read transaction: the state as of exactly `seq`.
struct Welcome: Sendable {
    struct Request: Sendable {
        let session: Int64
        let caller: Caller
        let resume: Hello.Resume?
        let epoch: String
        let moment: HubClock.Moment
        let register: any ClassRegister
        let cache: WelcomeCache
        let reader: EventReader
        let commands: ChannelAPI
    }

    private static let (resumeEvents, resumeBytes, freshEvents) = (1000, 256 * 1024, 100)

    let seq: Int64
    /// The reader as of `seq`, which is newer than the admission.
    let entry: Presence.Entry
    private let epoch: String
    private let session: JSON
    private let me: JSON
    private let members: JSONObject
    private let encodedMembers: [ServerMessage.Member]
    /// The encoded array of events.
    private let events: [UInt8]
    private let isResumed: Bool

    static func read(_ request: Request, in connection: any SQLConnection) throws -> Welcome {
        let state = try request.register.state(
            of: request.session, for: request.caller, at: request.moment, cache: request.cache, in: connection
        )
        let (head, entry) = (state.seq, state.entry)
        let missed = try missed(request, head: head, isHost: entry.isHost, in: connection)
        return Welcome(
            seq: head, entry: entry, epoch: request.epoch, session: .object(state.session),
            me: me(state, request), members: state.members,
            encodedMembers: state.encodedMembers,
            events: try missed ?? newest(request, head: head, isHost: entry.isHost, in: connection),
            isResumed: missed != nil
        )
    }

    private static func me(_ state: ClassState, _ request: Request) -> JSON {
        let permissions = request.commands.permissions(isHost: state.entry.isHost, isTeacher: state.isTeacher)
        var me: JSONObject = [
            "user": state.entry.json, "role": .string(state.entry.role.rawValue),
            "permissions": .array(permissions.map { .string($0) }),
        ]
        for member in state.me.members { me[member.name] = member.value }
        return .object(me)
    }

    /// The events after the client's position. Nil when there is no position, or not one of this journal, or when there
    /// are too many events to send.
    ///
    /// They are read from the client's witness on, so that one query answers both: what is missing, and whether the
    /// journal is still the one that the client has read. A journal that has lost its tail (a restored copy, a standby
    /// that took over) and has grown anew may have the same epoch, and other events at the same places.
    private static func missed(
        _ request: Request, head: Int64, isHost: Bool, in connection: any SQLConnection
    ) throws -> [UInt8]? {
        guard let resume = request.resume, resume.epoch == request.epoch, resume.seq <= head,
            head - (resume.witness?.seq ?? resume.seq) <= Int64(resumeEvents)
        else { return nil }
        let events = try request.reader.events(
            session: request.session, after: resume.witness.map { $0.seq - 1 } ?? resume.seq, limit: resumeEvents + 1,
            in: connection
        )
        let user = request.caller.userID
        let known = events.prefix { $0.seq <= resume.seq }
        if let witness = resume.witness {
            // Behind its witness a client was shown nothing: whatever it may see there now, it has not seen.
            let visible = known.filter { $0.audience.includes(user, isHost: isHost) }
            guard visible.count == 1, visible[0].seq == witness.seq, visible[0].at.text == witness.at else {
                return nil
            }
        }
        let missed = events.dropFirst(known.count)
        let page = HistoryPage.bounded(missed, user: user, isHost: isHost)
        return page.count == missed.count ? JSON.array(page).encoded() : nil
    }

    private static func newest(
        _ request: Request, head: Int64, isHost: Bool, in connection: any SQLConnection
    ) throws -> [UInt8] {
        try request.cache.events(at: head) {
            let events = try request.reader.newest(session: request.session, limit: freshEvents, in: connection)
            let page = HistoryPage.bounded(events.reversed(), user: request.caller.userID, isHost: isHost)
            return (JSON.array(page.reversed()).encoded(), events.allSatisfy { $0.audience == .all })
        }
    }

    /// The frame that answers hello number `ref`.
    func frame(ref: Int64, presence: JSON, limits: JSON, now: Timestamp) -> [UInt8] {
        var object: JSONObject = [
            "type": "welcome", "session": session, "me": me, "seq": .integer(seq), "epoch": .string(epoch),
            "resumed": .bool(isResumed), "presence": presence, "server_time": .string(now.text), "limits": limits,
        ]
        for member in members.members { object[member.name] = member.value }
        return ServerMessage.ok(ref, object, encodedMembers + [ServerMessage.Member(name: "events", value: events)])
    }
}
