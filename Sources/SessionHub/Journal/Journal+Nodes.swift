import Database
import Logging
import StrictJSON
import Synchronization

/// The journal's half of several hubs on one database: it publishes what the others have committed, in the order of all
/// commits.
extension Journal {
    /// A commit of another hub as it is published here.
    struct Foreign: Sendable {
        let place: CommitLog.Place
        var events: [ServerEvent] = []
        var signals: [HubSignal]
        var changes: [HomeChange]

        init(_ told: ToldCommit) {
            (place, events, signals, changes) = (told.place, told.events, told.signals, told.changes)
        }

        init(_ entry: CommitLog.Entry) {
            (place, signals, changes) = (entry.place, entry.news.signals, entry.news.changes)
        }
    }

    /// Takes what another hub has told of a commit (`CommitLog.open`).
    ///
    /// - Returns: false when another hub's commit before it is missing.
    func hear(_ told: JSON?) -> Bool {
        guard let log, let seen = log.seen else { return true }
        guard let told = told.flatMap({ ToldCommit($0, reader) }) else {
            follow()
            return true
        }
        guard told.place.number > seen.number else { return true }
        return telling.withLock { early in
            early.add(told)
            publishNext(of: &early)
            return !isMissing(before: early)
        }
    }

    /// Forgets what was told: the server may be another one than that on which it was committed.
    func forgetTold() { telling.withLock { $0.forgetTold() } }

    /// Looks for what is missing before something that was told.
    func followIfMissing() {
        if telling.withLock({ isMissing(before: $0) }) { follow() }
    }

    /// Whether something that was told waits for another hub's commit, and not for one of this hub's own.
    private func isMissing(before early: EarlyCommits) -> Bool {
        guard let log, let seen = log.seen, !early.isEmpty else { return false }
        return log.limit(seen.number + 1) > seen.number
    }

    /// Publishes what was told and is next. Call it under `telling`.
    func publishNext(of early: inout EarlyCommits) {
        guard let log, !early.isEmpty else { return }
        while let seen = log.seen, let next = early.next(after: seen.number), log.limit(seen.number + 1) > seen.number {
            // One of the two is lost: what was told, or what this hub has shown. Then nothing behind it may be shown,
            // so that whoever comes back with it is found out. A look at the log tells.
            guard seen.mark == nil || seen.mark == next.former else {
                early.forgetTold()
                follow()
                return
            }
            publish([Foreign(next)])
        }
        if let seen = log.seen { early.forget(through: seen.number) }
    }

    /// Looks for commits of other hubs; returns at once. Called when one of them tells of a commit, and now and then
    /// because such a word may be lost.
    func follow() {
        guard let log, log.beginFollowing() else { return }
        Task {
            repeat { await look(log) } while log.endFollowing()
        }
    }

    private func look(_ log: CommitLog) async {
        guard let seen = log.seen else { return }
        do {
            let (found, foreign) = try await log.database.read { connection in
                let found = try log.look(after: seen, in: connection)
                return (found, try self.publishable(found.entries, in: connection))
            }
            guard found.isWhole else {
                fence.yield(CommitLog.broken)
                return
            }
            guard found.forgotten <= seen.number else {
                fence.yield("this hub is too far behind the others")
                return
            }
            guard log.isProven else {
                // This hub's own next commit brings along what was found.
                if isWritable, !found.entries.isEmpty { probe { _ in } }
                return
            }
            let isBehind = telling.withLock { early in
                let limit = log.limit(found.end.number)
                publish(foreign.filter { $0.place.number <= limit }, with: early.held(through: limit))
                if limit == found.end.number { log.advance(to: found.end) }
                publishNext(of: &early)
                return limit < found.end.number
            }
            // A commit of this hub's own is under way, and brings along what is missing.
            if !isBehind, found.entries.count > 0 { _ = log.beginFollowing() }
        } catch {
            logger.warning("other hubs' commits cannot be read", metadata: ["error": "\(error)"])
        }
    }

    /// Publishes what was not yet published, with what this hub has held of its own. Call it under `telling`.
    func publish(_ foreign: [Foreign], with held: [ToldCommit] = []) {
        let due = (foreign + held.map(Foreign.init)).sorted { $0.place.number < $1.place.number }
        for commit in due where commit.place.number > log?.seen?.number ?? 0 {
            publisher.publish(commit.events, commit.signals, commit.changes)
            log?.advance(to: commit.place)
        }
    }

    /// Reads what came before a commit of this hub's own and is not yet published. The commit is done: an error here
    /// takes nothing back.
    func predecessors(
        of turn: CommitLog.Turn, on connection: any SQLConnection
    ) -> (entries: [Foreign], isComplete: Bool) {
        guard let log, var gap = log.gap(before: turn) else { return ([], true) }
        if let told = telling.withLock({ $0.all(in: gap, after: log.seen?.mark) }),
            told.last?.place.mark == turn.former
        {
            return (told.map(Foreign.init), true)
        }
        var foreign: [Foreign] = []
        do {
            if let seen = log.seen, try !log.has(seen, in: connection) {
                fence.yield(CommitLog.broken)
                return ([], false)
            }
            while true {
                let (entries, last) = try log.entries(in: gap, in: connection)
                guard let last else { return (foreign, true) }
                foreign += try publishable(entries, in: connection)
                gap = last + 1..<gap.upperBound
            }
        } catch {
            logger.warning("other hubs' commits cannot be read", metadata: ["error": "\(error)"])
            return (foreign, false)
        }
    }

    // MARK: - Reading

    /// Reads what the news only point at: the events of classes that somebody here is in, and the people who are shown.
    private func publishable(_ entries: [CommitLog.Entry], in connection: any SQLConnection) throws -> [Foreign] {
        var events: [Int64: [Int64: ServerEvent]] = [:]
        for (session, seqs) in Self.wanted(entries, publisher) {
            do {
                let found = try reader.events(
                    session: session, after: seqs.lowerBound - 1, through: seqs.upperBound, limit: seqs.count,
                    in: connection
                )
                events[session] = Dictionary(uniqueKeysWithValues: found.map { ($0.seq, $0) })
            } catch let error as HubError {
                // An event of a kind that only a newer hub knows: nobody else's are to wait for it.
                logger.error(
                    "events of another hub cannot be read",
                    metadata: ["session": "\(session)", "error": "\(error.code)"])
            }
        }
        let subjects = Set(entries.flatMap { $0.news.changes.compactMap(\.subject) })
        let people = try Self.people(subjects, in: connection)
        return try entries.map { entry in
            var foreign = Foreign(entry)
            for index in foreign.changes.indices {
                foreign.changes[index].person = foreign.changes[index].subject.flatMap { people[$0] }
            }
            for range in entry.news.events {
                guard let known = events[range.session] else { continue }
                var new = range.seqs.compactMap { known[$0] }
                if !new.isEmpty, !range.redactions.isEmpty {
                    new[new.count - 1].redactions = try redactions(range, in: connection)
                }
                foreign.events += new
            }
            return foreign
        }
    }

    /// The seqs to read of each class.
    private static func wanted(
        _ entries: [CommitLog.Entry], _ publisher: any JournalPublisher
    ) -> [Int64: ClosedRange<Int64>] {
        var wanted: [Int64: ClosedRange<Int64>] = [:]
        for range in entries.flatMap(\.news.events) where publisher.hears(session: range.session) {
            let known = wanted[range.session] ?? range.seqs
            wanted[range.session] =
                min(known.lowerBound, range.seqs.lowerBound)...max(known.upperBound, range.seqs.upperBound)
        }
        return wanted
    }

    private func redactions(
        _ range: CommitNews.Events, in connection: any SQLConnection
    ) throws -> [ServerEvent.Redaction] {
        try range.redactions.compactMap { seq in
            try reader.event(session: range.session, seq: seq, in: connection).map {
                ServerEvent.Redaction(seq: seq, bytes: $0.json.encoded())
            }
        }
    }

    private static func people(_ ids: Set<Int64>, in connection: any SQLConnection) throws -> [Int64: Person] {
        guard !ids.isEmpty else { return [:] }
        let rows = try connection.query(
            """
            SELECT id, first_name, last_name, avatar FROM users
            WHERE id = ANY (CAST(string_to_array($1, ',') AS BIGINT[]))
            """,
            [.text(ids.map(String.init).joined(separator: ","))]
        )
        return Dictionary(uniqueKeysWithValues: rows.map { ($0.integer("id"), Person($0.integer("id"), of: $0)) })
    }
}
