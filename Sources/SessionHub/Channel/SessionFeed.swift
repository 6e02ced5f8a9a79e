import StrictJSON
import WebSocketServer

/// One session's stream on one loop: the ring of recent events, and the readers, each a cursor into it.
///
/// Nobody has a queue here. When the ring grows, every reader that is not blocked gets one frame from its cursor to the
/// head; readers with the same cursor and the same view share the encoded frame. A blocked reader stays behind at no
/// cost and catches up when it drains; one that fell out of the ring reads the journal in pages.
final class SessionFeed {
    let session: Int64
    /// The readers, in no order. A reader knows its place, so that it can leave without a search. A flush walks through
    /// an array, which costs less for each reader than a dictionary.
    private(set) var readers: [ClientSocket] = []
    private(set) var ring = EventRing()
    /// The session's presence; nil until the session's home has sent it.
    private(set) var view: PresenceView?
    /// The frames of the last diffs, oldest first, by the version that they lead to.
    private var recentDiffs: [(version: Int64, frame: OutgoingFrame)] = []
    private(set) var ephemeral = EphemeralFrames<OutgoingFrame>()
    private var cache: WelcomeCache?

    init(session: Int64) { self.session = session }

    func add(_ reader: ClientSocket) {
        guard reader.placeInFeed == nil else { return }
        reader.placeInFeed = readers.count
        readers.append(reader)
    }

    func remove(_ reader: ClientSocket) {
        guard let place = reader.placeInFeed else { return }
        reader.placeInFeed = nil
        let last = readers.removeLast()
        guard last !== reader else { return }
        readers[place] = last
        last.placeInFeed = place
    }

    func close(_ code: CloseCode, on loop: isolated EventLoop) {
        for reader in readers { reader.sayBye(code, on: loop) }
    }

    // MARK: - Events

    func welcomeCache() -> WelcomeCache {
        let current = cache ?? WelcomeCache()
        cache = current
        return current
    }

    func forgetWelcomeCache() { cache = nil }

    func append(_ published: PublishedEvent) {
        forgetWelcomeCache()
        let event = published.event
        for redaction in event.redactions { ring.redact(seq: redaction.seq, with: redaction.bytes) }
        ring.append(EventRing.Entry(seq: event.seq, audience: event.audience, bytes: published.bytes))
    }

    /// Sends what is new to everybody who can take it. Returns the most events that one frame held.
    func flush(on loop: isolated EventLoop) -> Int {
        var frames = SharedFrames()
        for reader in readers { send(to: reader, sharing: &frames, on: loop) }
        return frames.largest
    }

    /// Sends one reader what is new, as far as its connection takes it.
    func catchUp(_ reader: ClientSocket, on loop: isolated EventLoop) {
        var frames = SharedFrames()
        send(to: reader, sharing: &frames, on: loop)
    }

    private func send(to reader: ClientSocket, sharing frames: inout SharedFrames, on loop: isolated EventLoop) {
        guard let last = ring.last else { return }
        while reader.cursor < last, reader.canReceive {
            guard ring.reaches(reader.cursor) else { return reader.readJournal(on: loop) }
            guard let frame = frames.frame(for: reader, in: ring) else { return }
            reader.send(frame.bytes, through: frame.last, on: loop)
        }
    }

    /// The frames of one flush, encoded once for all readers with the same cursor and the same rights.
    private struct SharedFrames {
        typealias Frame = (last: Int64, bytes: OutgoingFrame)

        private struct Key: Hashable {
            let cursor: Int64
            let view: View
        }

        /// Whose view a frame shows.
        private enum View: Hashable {
            /// Every event in it is for all.
            case everybody
            case hosts
            case person(Int64)
        }

        private var frames: [Key: Frame] = [:]
        private var restricted: [Int64: Bool] = [:]
        /// The frame of the last reader, if it is the same for everybody: nearly all readers stand at the same place.
        private var latest: (cursor: Int64, frame: Frame)?
        /// The most events in one frame.
        private(set) var largest = 0

        mutating func frame(for reader: ClientSocket, in ring: EventRing) -> Frame? {
            let cursor = reader.cursor
            if let latest, latest.cursor == cursor { return latest.frame }
            let isRestricted = restricted[cursor] ?? ring.isRestricted(after: cursor)
            restricted[cursor] = isRestricted
            let view: View = !isRestricted ? .everybody : reader.isHost ? .hosts : .person(reader.userID)
            let key = Key(cursor: cursor, view: view)
            if let frame = frames[key] {
                if !isRestricted { latest = (cursor, frame) }
                return frame
            }
            guard let run = ring.run(after: cursor, user: reader.userID, isHost: reader.isHost) else { return nil }
            let frame = (run.last, OutgoingFrame(run.frame))
            frames[key] = frame
            if !isRestricted { latest = (cursor, frame) }
            largest = max(largest, Int(run.last - cursor))
            return frame
        }
    }

    // MARK: - Presence, and what nobody stores

    /// Takes the whole presence from the session's home. It is ignored when this loop has it already.
    func install(_ newer: PresenceView) {
        if let view, view.version >= newer.version { return }
        view = newer
        recentDiffs = []
    }

    /// Takes the whole presence for a feed that has readers already, and sends it to them.
    func refresh(_ newer: PresenceView, on loop: isolated EventLoop) {
        install(newer)
        for reader in readers { sendPresence(to: reader, on: loop) }
    }

    func apply(_ diff: PresenceDiff, on loop: isolated EventLoop) {
        guard var view, diff.version == view.version + 1 else { return }
        // With a second reference to the view the change would copy it.
        self.view = nil
        let needsSnapshot = view.apply(diff)
        self.view = view
        if needsSnapshot {
            recentDiffs = []
        } else {
            let frame: JSON = ["presence": view.json(of: diff)]
            recentDiffs.append((diff.version, OutgoingFrame(frame.encoded())))
            if recentDiffs.count > 16 { recentDiffs.removeFirst() }
        }
        for reader in readers { sendPresence(to: reader, on: loop) }
    }

    /// Sends the diffs that the reader lacks, or a snapshot when they are no longer here.
    func sendPresence(to reader: ClientSocket, on loop: isolated EventLoop) {
        guard let view, reader.canReceive, reader.presenceVersion < view.version else { return }
        if let oldest = recentDiffs.first?.version, reader.presenceVersion + 1 >= oldest {
            for diff in recentDiffs where diff.version == reader.presenceVersion + 1 {
                guard reader.canReceive else { return }
                reader.send(diff.frame, presence: diff.version, on: loop)
            }
        } else {
            guard let entry = reader.life.entry else { return }
            let frame: JSON = ["presence": view.snapshot(for: entry)]
            reader.send(OutgoingFrame(frame.encoded()), presence: view.version, on: loop)
        }
    }

    func show(_ frame: EphemeralFrame, of kind: Int, on loop: isolated EventLoop) {
        ephemeral.show(OutgoingFrame(frame.bytes), afterGap: frame.afterGap.map { OutgoingFrame($0) }, of: kind)
        for reader in readers { sendEphemeral(to: reader, on: loop) }
    }

    /// Sends the newest frames of the states that nobody stores, as far as the reader lacks them.
    func sendEphemeral(to reader: ClientSocket, on loop: isolated EventLoop) {
        guard reader.ephemeralVersion < ephemeral.version else { return }
        for newer in ephemeral.after(reader.ephemeralVersion) {
            guard reader.canReceive else { return }
            reader.send(newer.frame, ephemeral: newer.version, on: loop)
        }
    }
}
