import Database
import StrictJSON
import Synchronization

/// What a newcomer or a returner needs, read in one read transaction: state as of exactly `seq`.
struct Welcome: Sendable {
    struct Request: Sendable {
        let session: Int64
        let caller: Caller
        let resume: Hello.Resume?
        let epoch: String
        let moment: HubClock.Moment
        let windows: ClassWindows
        let tail: WelcomeTail
        let reader: EventReader
        let commands: ChannelAPI
    }

    private static let (resumeEvents, resumeBytes, freshEvents) = (1000, 256 * 1024, 100)

    let seq: Int64
    /// The reader as of `seq`: newer than the admission.
    let entry: Presence.Entry
    private let epoch: String
    private let session: JSON
    private let me: JSON
    /// The encoded array.
    private let events: [UInt8]
    private let isResumed: Bool

    static func read(_ request: Request, in connection: any SQLConnection) throws -> Welcome {
        let caller = request.caller
        let access = try SessionAccess.load(
            session: request.session, for: caller, in: connection
        )
        let role = try access.requireMember()
        // Called off, or over, since the admission: the event has passed before this reader listened.
        try SessionLifecycle.channelOpening(
            for: access.session, isHost: access.isHost, now: access.session.time(at: request.moment),
            windows: request.windows
        )
        let head = access.session.headSeq
        let missed = try missed(request, head: head, isHost: access.isHost, in: connection)
        let entry = Presence.Entry(person: access.user, role: role)
        return Welcome(
            seq: head, entry: entry, epoch: request.epoch,
            session: .object(SessionRendering.state(access)),
            me: [
                "user": entry.json, "role": .string(role.rawValue),
                "permissions": .array(request.commands.permissions(isHost: access.isHost).map { .string($0) }),
            ],
            events: try missed ?? newest(request, head: head, isHost: access.isHost, in: connection),
            isResumed: missed != nil
        )
    }

    /// What came after the client's position, or nil when it cannot be bridged.
    private static func missed(
        _ request: Request, head: Int64, isHost: Bool, in connection: any SQLConnection
    ) throws -> [UInt8]? {
        guard let resume = request.resume, resume.epoch == request.epoch, resume.seq <= head,
            head - resume.seq <= Int64(resumeEvents)
        else { return nil }
        let events = try request.reader.events(
            session: request.session, after: resume.seq, limit: resumeEvents, in: connection
        )
        let page = HistoryPage.bounded(events, user: request.caller.userID, isHost: isHost)
        return page.count == events.count ? JSON.array(page).encoded() : nil
    }

    private static func newest(
        _ request: Request, head: Int64, isHost: Bool, in connection: any SQLConnection
    ) throws -> [UInt8] {
        try request.tail.events(at: head) {
            let events = try request.reader.newest(session: request.session, limit: freshEvents, in: connection)
            let page = HistoryPage.bounded(events.reversed(), user: request.caller.userID, isHost: isHost)
            return (JSON.array(page.reversed()).encoded(), events.allSatisfy { $0.audience == .all })
        }
    }

    /// The frame that answers hello number `ref`.
    func frame(ref: Int64, presence: JSON, limits: JSON, now: Timestamp) -> [UInt8] {
        let object: JSONObject = [
            "type": "welcome", "session": session, "me": me, "seq": .integer(seq), "epoch": .string(epoch),
            "resumed": .bool(isResumed), "presence": presence, "server_time": .string(now.text), "limits": limits,
        ]
        return ServerMessage.ok(ref, object, events: events)
    }
}

/// The newest events of one session as its welcome carries them, encoded once for all who come at the same seq: with a
/// hundred messages they are most of what a join costs.
///
/// May be used from any thread. A feed lets go of it at its next event, and when somebody's name may have changed.
final class WelcomeTail: Sendable {
    private let slot = Mutex<(seq: Int64, events: [UInt8])?>(nil)

    /// - Parameter read: the encoded events, and whether everybody may see all of them; only then they are kept.
    func events(at seq: Int64, or read: () throws -> (events: [UInt8], isForAll: Bool)) rethrows -> [UInt8] {
        if let kept = slot.withLock({ $0 }), kept.seq == seq { return kept.events }
        let (events, isForAll) = try read()
        if isForAll { slot.withLock { $0 = (seq, events) } }
        return events
    }
}
