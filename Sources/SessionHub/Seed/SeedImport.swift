import Database
package import Foundation
package import Logging
import StrictJSON
import Tokens

/// Takes the live sessions, their participants, their chat and the calendar of the seed's platform from a dump of its
/// tables. It takes all of it or nothing, and a second run changes nothing.
///
/// A live session comes with its participants and its messages, which must be named in the same run, because what was
/// taken is known again by a digest of all of them.
package struct SeedImport {
    package struct Options: Sendable {
        /// By whose clocks the times of the dump are meant.
        let zone: TimeZone
        /// Says what would happen, and changes nothing.
        package var isDryRun = false
        /// Leaves out what names people or courses that the Directory does not have.
        package var skipsUnknown = false

        package init(zone: TimeZone) { self.zone = zone }
    }

    private let options: Options
    private let store: SeedStore
    private let configuration: HubConfiguration
    private var report = Report()
    private var sessions: [SeedSession] = []
    private var participants: [Int64: [SeedParticipant]] = [:]
    private var messages: [Int64: [SeedMessage]] = [:]
    private var events: [SeedEvent] = []
    private let courses: Set<Int64>
    private let users: Set<Int64>

    /// Reads and writes the configuration's database, which no hub may be serving: throws `HubDatabase.InUse`.
    package static func run(
        _ dumps: [(table: SeedTable, dump: SeedDump)], _ options: Options, configuration: HubConfiguration,
        now: Timestamp, logger: Logger
    ) async throws -> Report {
        let hub = try await HubDatabase.open(configuration, logger: logger).0
        defer { try? hub.close() }
        try await StoredDates.settle(hub.database, configuration.zones)
        // This goes past the journal, because nobody serves the file and nobody has to hear of the change.
        return try await hub.database.write { connection in
            var seed = try SeedImport(options, SeedStore(connection: connection, now: now), configuration)
            for (table, dump) in dumps { seed.read(table, dump) }
            return try seed.finish()
        }
    }

    private init(_ options: Options, _ store: SeedStore, _ configuration: HubConfiguration) throws {
        self.options = options
        self.store = store
        self.configuration = configuration
        (courses, users) = (try store.courses(), try store.users())
    }

    // MARK: - Reading

    private mutating func read(_ table: SeedTable, _ dump: SeedDump) {
        for fault in dump.faults { report.add(fault) }
        for row in dump.rows {
            do throws(HubError) {
                switch table {
                case .sessions:
                    let session = try SeedSession(row, zone: options.zone)
                    report.add(notes: session.remarks(now: store.now), of: row)
                    sessions.append(session)
                case .participants:
                    let participant = try SeedParticipant(row, zone: options.zone)
                    participants[participant.session, default: []].append(participant)
                case .chat:
                    guard let message = try SeedMessage(row, zone: options.zone) else {
                        report.blank += 1
                        continue
                    }
                    report.add(notes: message.notes, of: row)
                    messages[message.session, default: []].append(message)
                case .events:
                    let event = try SeedEvent(row, zone: options.zone)
                    report.add(notes: event.notes, of: row)
                    events.append(event)
                }
            } catch {
                let field = error.field.map { ", \($0)" } ?? ""
                report.add("\(row.place)\(field): \(error.message(in: .english))")
            }
        }
    }

    // MARK: - Taking

    private mutating func finish() throws -> Report {
        requireDistinct()
        requireSessions()
        var work: [() throws -> Void] = []
        for session in sessions { if let take = try plan(session) { work.append(take) } }
        for event in events { if let take = try plan(event) { work.append(take) } }
        guard report.faultCount == 0, !options.isDryRun else { return report }
        for take in work { try take() }
        return report
    }

    /// No id stands twice in the files, and nobody twice in a class.
    private mutating func requireDistinct() {
        func twice(_ rows: [(Int64, SeedRow)], _ what: String) -> [String] {
            var seen: Set<Int64> = []
            return rows.compactMap { id, row in
                seen.insert(id).inserted ? nil : "\(row.place), id: the id \(id) stands above already\(what)."
            }
        }
        let all = participants.values.joined()
        let faults =
            twice(sessions.map { ($0.session.id, $0.row) }, "") + twice(events.map { ($0.event.id, $0.row) }, "")
            + twice(all.map { ($0.id, $0.row) }, "") + twice(messages.values.joined().map { ($0.id, $0.row) }, "")
            + participants.values.flatMap { people in
                var seen: Set<Int64> = []
                return people.filter { !seen.insert($0.user).inserted }.map {
                    "\($0.row.place), user_id: this person stands in the class \($0.session) already."
                }
            }
        for fault in faults { report.add(fault) }
    }

    private mutating func requireSessions() {
        let known = Set(sessions.map(\.session.id))
        let strays =
            participants.filter { !known.contains($0.key) }.values.joined().map(\.row)
            + messages.filter { !known.contains($0.key) }.values.joined().map(\.row)
        for row in strays.sorted(by: { ($0.file, $0.line) < ($1.file, $1.line) }) {
            report.add("\(row.place), session_id: none of the files has this live session; name all files in one run.")
        }
    }

    /// - Returns: what writes it, or nil when there is nothing to write.
    private mutating func plan(_ seed: SeedSession) throws -> (() throws -> Void)? {
        let session = seed.session
        let people = (participants[session.id] ?? []).sorted { $0.id < $1.id }
        let said = (messages[session.id] ?? []).sorted { $0.id < $1.id }
        let digest = Self.digest([seed.words] + people.map(\.words) + said.map(\.words))
        if let known = try store.digest("live_session", session.id) {
            guard known == digest else {
                report.add("\(seed.row.place), id: the live session \(session.id) was imported from another dump.")
                return nil
            }
            try countKnown(session, people, said)
            return nil
        }
        guard try isKnown(seed) else {
            report.skipped += options.skipsUnknown ? 1 + people.count + said.count : 0
            return nil
        }
        if try store.isTaken(session.id, in: .sessions) {
            report.add("\(seed.row.place), id: the hub has a live session of its own with the id \(session.id).")
        }
        let present = try people.filter { try isUsable($0.id, $0.user, $0.row, in: .participants) }
        let heard = try said.filter { try isUsable($0.id, $0.user, $0.row, in: .chat) }
        count(\.taken, present.count, heard.count)
        let (store, configuration) = (store, configuration)
        return {
            let history = SeedHistory(session, present, now: store.now, windows: configuration.windows)
            try store.insert(Self.held(seed, history, store, configuration))
            var roles: [Int64: ClassRole] = [:]
            for participant in present {
                let role = participant.user == session.instructorID ? .instructor : participant.role
                roles[participant.user] = role
                try store.insert(participant, as: role, of: history)
            }
            roles[session.instructorID] = .instructor
            try store.tell(session, history, heard, roles: roles)
            try store.remember("live_session", session.id, digest)
        }
    }

    /// The class as its history has it, with its room. The rooms of the seed can be guessed: only a class that is over
    /// keeps its own.
    private static func held(
        _ seed: SeedSession, _ history: SeedHistory, _ store: SeedStore, _ configuration: HubConfiguration
    ) throws -> LiveSession {
        var session = seed.session
        (session.status, session.endedBy) = (history.status, history.endedBy)
        (session.actualStart, session.actualEnd) = (history.start, history.end)
        let jitsi = try JitsiService(JitsiConfiguration(configuration.jitsi))
        let isOver = history.status == .ended || history.status == .cancelled
        if isOver, let name = seed.room, try !store.isTaken(room: name) {
            (session.roomName, session.serverURL) = (name, seed.server ?? jitsi.serverURL)
            session.roomPassword = seed.password ?? jitsi.generateRoomPassword()
        } else {
            session.roomName = jitsi.generateRoomName(course: session.courseID, session: session.id)
            session.serverURL = jitsi.serverURL
            session.roomPassword = jitsi.generateRoomPassword()
        }
        return session
    }

    private mutating func plan(_ event: SeedEvent) throws -> (() throws -> Void)? {
        let (row, id, digest) = (event.row, event.event.id, Self.digest([event.words]))
        if let known = try store.digest("event", id) {
            if known == digest {
                report.unchanged[.events, default: 0] += 1
            } else {
                report.add("\(row.place), id: the event \(id) was imported from another dump.")
            }
            return nil
        }
        let (course, creator) = (event.event.courseID, event.event.createdBy)
        let isKnown = course.map(courses.contains) ?? true
        guard isKnown, creator.map(users.contains) ?? true else {
            unknown(
                isKnown
                    ? "created_by: nobody has the id \(creator ?? 0)" : "course_id: there is no course \(course ?? 0)",
                row)
            return nil
        }
        if try store.isTaken(id, in: .events) {
            report.add("\(row.place), id: the hub has an event of its own with the id \(id).")
        }
        report.taken[.events, default: 0] += 1
        let store = store
        return {
            try store.insert(event.event)
            try store.remember("event", id, digest)
        }
    }

    private mutating func isKnown(_ seed: SeedSession) throws -> Bool {
        let session = seed.session
        if !courses.contains(session.courseID) {
            refuse("course_id: there is no course \(session.courseID)", seed.row)
        } else if !users.contains(session.instructorID) {
            refuse("instructor_id: nobody has the id \(session.instructorID)", seed.row)
        } else {
            return true
        }
        return false
    }

    private mutating func isUsable(_ id: Int64, _ user: Int64, _ row: SeedRow, in table: SeedTable) throws -> Bool {
        guard users.contains(user) else {
            unknown("user_id: nobody has the id \(user)", row)
            return false
        }
        if try store.isTaken(id, in: table) {
            report.add("\(row.place), id: the hub has a row of its own with the id \(id).")
        }
        return true
    }

    private mutating func unknown(_ what: String, _ row: SeedRow) {
        if options.skipsUnknown { report.skipped += 1 }
        refuse(what, row)
    }

    private mutating func refuse(_ what: String, _ row: SeedRow) {
        guard !options.skipsUnknown else { return }
        report.add("\(row.place), \(what) in the Directory; import it first, or use --skip-unknown.")
    }

    private mutating func count(_ kind: WritableKeyPath<Report, [SeedTable: Int]>, _ people: Int, _ said: Int) {
        report[keyPath: kind][.sessions, default: 0] += 1
        report[keyPath: kind][.participants, default: 0] += people
        report[keyPath: kind][.chat, default: 0] += said
    }

    /// Counts the rows of a class that was taken before. What was left out then stays out, and does not count as known.
    private mutating func countKnown(
        _ session: LiveSession, _ people: [SeedParticipant], _ said: [SeedMessage]
    ) throws {
        let (store, users) = (store, users)
        let present = try people.filter { try store.has($0.id, of: $0.user, in: session.id, .participants) }
        let heard = try said.filter { try store.has($0.id, of: $0.user, in: session.id, .chat) }
        count(\.unchanged, present.count, heard.count)
        report.skipped += (people.map(\.user) + said.map(\.user)).count { !users.contains($0) }
    }

    private static func digest(_ words: [JSON]) -> String {
        Hex.encode(SHA256.hash(JSON.array(words).encoded()))
    }
}
