import Database

/// Imports a whole Directory from one document, completely or not at all, without stalling a class that runs.
///
/// The document is read and planned in portions off the loops and off the writer (`ImportReader`, `ImportPlan`), staged
/// in short transactions between which everybody else writes (`ImportStage`), and applied in one transaction. When the
/// Directory changed in between, it is planned anew.
final class DirectoryImport: Sendable {
    struct Options: Sendable {
        /// Whether only to report what would happen, and to change nothing.
        var isDryRun = false
        /// Whether to let people in beyond `max_students` and after `enrollment_deadline`.
        var force = false
        var language = Language.english
        /// The character set that the sender names, if any.
        var charset: String?

        init() {}
    }

    static let mostLines = 100_000
    /// How many lines or rows are worked on at once, and how long the core is left to others after each portion.
    private static let (portion, pause): (Int, Duration) = (250, .milliseconds(2))
    private static let attempts = 3
    /// How long another hub's import is waited for, and how often it is asked for.
    private static let (turnPatience, turnPause): (Duration, Duration) = (.seconds(60), .milliseconds(500))

    private let database: any SQLDatabase
    private let journal: Journal
    private let queue: ImportQueue
    private let room: any CourseFollower

    init(database: any SQLDatabase, journal: Journal, limits: HubLimits, room: any CourseFollower) {
        self.database = database
        self.journal = journal
        self.room = room
        queue = ImportQueue(limits, clock: journal.clock)
    }

    /// Throws `invalid_field` with all refusals in `errors`, `rate_limited` (`ImportQueue`), `conflict` when the
    /// Directory changes too often meanwhile, `too_large`, `store_unavailable`, and the refusal of a caller whose
    /// rights ended before it was applied.
    func run(
        _ bytes: [UInt8], as format: ImportReader.Format, _ options: Options, for caller: Caller
    ) async throws -> ImportReport {
        try await queue.run(for: caller) { try await take(bytes, as: format, options) }
    }

    private func take(
        _ bytes: [UInt8], as format: ImportReader.Format, _ options: Options
    ) async throws -> ImportReport {
        for _ in 0..<Self.attempts {
            var plan = try await plan(ImportReader(bytes, as: format, charset: options.charset), options)
            if plan.demotesAdministrators {
                plan.requireAdministrator(of: try await database.read { try LastAdministrator.count(in: $0) })
            }
            let report = plan.finish(isDryRun: options.isDryRun)
            if options.isDryRun { return report }
            try plan.errors.check()
            plan.forgetNames()
            if try await write(plan) { return report }
        }
        throw HubError(
            .conflict,
            Localized(
                en: "The Directory changes too often: nothing was imported.",
                fr: "L’annuaire change trop souvent : rien n’a été importé."
            ),
            retryAfter: 5000
        )
    }

    private func plan(_ reader: ImportReader, _ options: Options) async throws -> ImportPlan {
        var reader = reader
        var plan = ImportPlan(
            force: options.force, now: journal.clock.now, language: options.language,
            ignoredColumns: reader.ignoredColumns
        )
        while true {
            // Nobody waits for the answer any more, and others wait for their turn.
            guard !Task.isCancelled else { throw HubError(.storeUnavailable, retryAfter: 5000) }
            let lines = reader.next(Self.portion)
            guard !lines.isEmpty else {
                plan.requireLines()
                return plan
            }
            let (named, counted) = (plan.named(in: lines), plan.counted)
            let facts = try await database.read {
                try ImportFacts.load(for: lines, named: named, counted: counted, in: $0)
            }
            plan.take(lines, facts)
            guard plan.report.lines <= Self.mostLines else { throw HubError(.tooLarge) }
            await Self.rest()
        }
    }

    /// - Returns: whether it was written. If not, the Directory has changed since the plan was made.
    private func write(_ plan: ImportPlan) async throws -> Bool {
        guard let log = journal.log else { return try await stageAndApply(plan) }
        try await takeTurn(among: log)
        do {
            let isWritten = try await stageAndApply(plan)
            giveTurnBack(log)
            return isWritten
        } catch {
            giveTurnBack(log)
            throw error
        }
    }

    /// Waits until no other hub of the database imports: the stage is one for all. Throws `rate_limited`.
    private func takeTurn(among log: CommitLog) async throws {
        let end = ContinuousClock.now + Self.turnPatience
        let node = log.node
        // Asking is no work that a repeated request must not repeat.
        func take() async throws -> Bool {
            try await IdempotencyClaim.$current.withValue(nil) {
                try await journal.write(.directory) { try ImportTurn.take(by: node, in: $0.connection) }
            }
        }
        while try await !take() {
            guard ContinuousClock.now < end, !Task.isCancelled else {
                throw HubError(.rateLimited, ImportQueue.crowd, retryAfter: 5000)
            }
            try? await Task.sleep(for: Self.turnPause)
        }
    }

    private func giveTurnBack(_ log: CommitLog) {
        let node = log.node
        journal.owe(.directory) { try ImportTurn.giveBack(by: node, in: $0.connection) }
    }

    private func stageAndApply(_ plan: ImportPlan) async throws -> Bool {
        try await clear()
        let firstID = try await journal.write(.directory) { transaction in
            plan.unnamedPeople == 0 ? 0 : try MadeID.users.take(plan.unnamedPeople, in: transaction.connection)
        }
        var rows = ImportStage.rows(of: plan, firstID: firstID).makeIterator()
        while true {
            let slice = (0..<Self.portion).compactMap { _ in rows.next() }
            guard !slice.isEmpty else { break }
            try await journal.write(.directory) { try ImportStage.add(slice, in: $0.connection) }
            await Self.rest()
        }
        let (force, changed, grown, room) = (plan.force, plan.accessChanged, plan.grownCourses, room)
        let isWritten = try await journal.write(.directoryAndSessions) { transaction in
            let isWritten = try ImportStage.apply(force: force, changing: changed, in: transaction)
            if isWritten { for course in grown { try room.grow(course, in: transaction) } }
            return isWritten
        }
        // A failure does no harm here: whatever stays in the stage is cleared before the next import.
        try? await clear()
        return isWritten
    }

    /// Empties the stage, whatever has become of the rights of whoever filled it.
    private func clear() async throws {
        try await WriterCheck.$current.withValue(nil) {
            while try await journal.write(.directory, { try ImportStage.clear(Int64(Self.portion), in: $0.connection) })
            {
                await Self.rest()
            }
        }
    }

    /// Leaves the core to others. In a cancelled task the sleep ends at once, which only makes the import faster.
    private static func rest() async { try? await Task.sleep(for: pause) }
}
