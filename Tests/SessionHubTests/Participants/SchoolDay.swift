import Database
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// A class with its people, driven as the hub drives it: the store by the real operations and routes, presence by the
/// real machine, time by hand.
struct SchoolDay {
    private static let people = [Someone.teacher, .assistant, .awa, .koffi, .outsider].map(\.id)
    private static let (tick, heartbeat, kept): (Int64, Int64, Int64) = (250, 15_000, 30_000)
    private static let longestSilence: Int64 = 28_000

    private(set) var log: [String] = []
    private var hub: Classroom
    private let session: Int64
    private var random: SeededGenerator
    private var presence: Presence
    private var registers: [Int64: AttendanceRegister] = [:]
    private var started: Int64?
    private var ended: Int64?
    private var lastHeartbeat: Int64
    /// Time that nobody can set.
    private var now: Int64
    private var rows: [Int64: Row] = [:]
    /// Connections whose peer is gone, and the hub does not know yet.
    private var silent: [Silent] = []
    private var lastSigns: [Int64: Int64] = [:]
    /// Whose loss was found since the rows were compared: heartbeats of a dead connection are taken back.
    private var takenBack: Set<Int64> = []

    private struct Silent {
        let user: Int64
        let since: Int64
        let foundAt: Int64
    }

    private struct Row: Equatable {
        let user: Int64
        let source: String
        let joined: Int64
        let seen: Int64
        let left: Int64?
    }

    init(seed: UInt64, hub: Classroom) async throws {
        self.hub = hub
        random = SeededGenerator(seed: seed)
        presence = Presence(grace: hub.windows.grace)
        // Two seats for three students: some are refused.
        try await hub.enroll(.outsider)
        session = try await hub.plan(seats: 2)
        now = hub.clock.now.milliseconds
        lastHeartbeat = now
    }

    private mutating func pick(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }

    mutating func step() async throws {
        let user = Self.people[pick(Self.people.count)]
        switch pick(27) {
        case 0...6: try await connect(user)
        case 7...11: try await disconnect(user)
        case 12, 13: try await join(user)
        case 14, 15: try await leave(user)
        case 16, 17: try await start()
        case 18: try await end()
        case 19: try await crash()
        case 20: try await setClock(isSeen: pick(4) > 0)
        case 21...23: goSilent(user)
        default: break
        }
        try await pass(pick(4) == 0 ? Int64(pick(40_000)) : Int64(pick(4000)))
    }

    // MARK: - What people do

    private mutating func connect(_ user: Int64) async throws {
        presence.arriving(user)
        guard let admission = try await hub.admit(somebody(user), to: session) else {
            log.append("\(now) \(user) refused")
            presence.refused(user, now: hub.steady)
            return try await holdIfLost(user)
        }
        log.append("\(now) \(user) connects")
        presence.connected(admission.entry)
        if ended == nil { registers[user, default: AttendanceRegister()].connects(at: now) }
    }

    private mutating func disconnect(_ user: Int64) async throws {
        guard living(user) > 0 else { return }
        log.append("\(now) \(user) disconnects")
        presence.disconnected(user, now: hub.steady)
        lastSigns[user] = now
        noteLoss(of: user)
        try await holdIfLost(user)
    }

    private mutating func noteLoss(of user: Int64) {
        guard presence.connections(of: user) == 0, let sign = lastSigns[user] else { return }
        registers[user]?.loses(at: sign, byCrash: false)
    }

    private func somebody(_ user: Int64) -> Someone { Someone(rawValue: user) ?? .outsider }

    private func living(_ user: Int64) -> Int {
        presence.connections(of: user) - silent.count { $0.user == user }
    }

    /// A machine goes, and nobody hears of it until a ping finds out, up to 28 s later.
    private mutating func goSilent(_ user: Int64) {
        guard living(user) > 0 else { return }
        log.append("\(now) \(user) goes silent")
        silent.append(Silent(user: user, since: now, foundAt: now + Int64(pick(Int(Self.longestSilence)))))
    }

    private mutating func findSilent(_ isFound: (Silent) -> Bool) async throws {
        for one in silent where isFound(one) {
            log.append("\(now) \(one.user) is found silent since \(one.since)")
            presence.disconnected(one.user, seen: hub.steady - (now - one.since), now: hub.steady)
            takenBack.insert(one.user)
            lastSigns[one.user] = max(lastSigns[one.user] ?? 0, one.since)
            noteLoss(of: one.user)
            try await holdIfLost(one.user)
        }
        silent.removeAll(where: isFound)
    }

    private mutating func holdIfLost(_ user: Int64) async throws {
        guard let at = presence.lostAt(of: user) else { return }
        let session = session
        try await hub.write { try AttendanceStore.hold(session: session, user: user, at: at, in: $0.connection) }
    }

    private mutating func join(_ user: Int64) async throws {
        try await findSilent { $0.user == user }
        guard started != nil, try await hub.post("/api/live-sessions/\(session)/join", as: somebody(user)).status == 200
        else {
            return
        }
        log.append("\(now) \(user) joins")
        registers[user, default: AttendanceRegister()].joins(at: now)
    }

    private mutating func leave(_ user: Int64) async throws {
        try await findSilent { $0.user == user }
        guard try await hub.post("/api/live-sessions/\(session)/leave", as: somebody(user)).status == 200 else {
            return
        }
        log.append("\(now) \(user) leaves")
        registers[user]?.leaves(at: now)
    }

    private mutating func start() async throws {
        guard try await hub.post("/api/live-sessions/\(session)/start", as: .teacher).status == 200 else { return }
        log.append("\(now) start")
        started = now
    }

    /// Not within a minute of the start: those who waited and were lost just before it are known by then.
    private mutating func end() async throws {
        guard let started, now > started + 60_000 else { return }
        guard try await hub.post("/api/live-sessions/\(session)/end", as: .teacher).status == 200 else { return }
        log.append("\(now) end")
        ended = now
        // Who went silent just before the end is closed with everybody else.
        for user in Set(silent.map(\.user)) where living(user) == 0 { registers[user]?.doubts(Self.longestSilence) }
        for user in registers.keys { registers[user]?.classEnds(at: now) }
    }

    // MARK: - What happens to the hub

    /// Nothing is written any more; the next process opens the file some time later.
    private mutating func crash() async throws {
        for user in Self.people where presence.connections(of: user) > 0 {
            if living(user) == 0 { registers[user]?.doubts(Self.longestSilence + 15_000) }
            registers[user]?.loses(at: now, byCrash: true)
        }
        silent = []
        let away = Int64(pick(40_000))
        log.append("\(now) crash, \(away) ms away")
        now += away
        // Somebody may set the clock just before, or while it is away.
        if pick(3) == 0 { try await setClock(isSeen: false) }
        hub = try await hub.restarted(after: away)
        presence = Presence(grace: hub.windows.grace)
        let (restart, places) = (hub.steady, try await hub.write { try AttendanceStore.holdAll(in: $0.connection) })
        for place in places {
            presence.keep(
                Presence.Entry(person: place.person, role: place.role), since: restart, until: restart + Self.kept
            )
        }
    }

    /// The machine's clock jumps; what the class counts must not.
    private mutating func setClock(isSeen: Bool) async throws {
        let jump = pick(2) == 0 ? -Int64(pick(7_200_000)) : Int64(pick(86_400_000))
        log.append("\(now) clock set by \(jump)")
        hub.clock.set(by: jump)
        if isSeen { try await hub.lookAtClock() }
    }

    private mutating func pass(_ milliseconds: Int64) async throws {
        let target = now + milliseconds
        while now < target {
            let step = min(Self.tick, target - now)
            now += step
            hub.clock.advance(milliseconds: step)
            if now >= lastHeartbeat + Self.heartbeat {
                lastHeartbeat = now
                try await hub.write { try AttendanceStore.heartbeat(at: $0.moment.steady, in: $0.connection) }
            }
            try await findSilent { [now] in $0.foundAt <= now }
            for departure in presence.expire(now: hub.steady) {
                let session = session
                try await hub.write { transaction in
                    try AttendanceStore.depart(
                        session: session, user: departure.user, at: departure.lostAt, in: transaction.connection
                    )
                }
                registers[departure.user]?.departs(at: now)
            }
            _ = presence.tick()
        }
        try await compareRows()
    }

    // MARK: - What must hold

    /// Segments are only added; where they began stays, an end that is written stays, and what was seen only grows, but
    /// for the heartbeats of a connection that was dead by then.
    private mutating func compareRows() async throws {
        let found = try await hub.application.database.read { connection in
            try connection.query(
                "SELECT id, user_id, source, joined_at, last_seen_at, left_at FROM live_session_attendance", []
            ).map { row in
                (
                    row.integer("id"),
                    Row(
                        user: row.integer("user_id"), source: row.text("source"), joined: row.integer("joined_at"),
                        seen: row.integer("last_seen_at"), left: row.optionalInteger("left_at")
                    )
                )
            }
        }
        let new = Dictionary(uniqueKeysWithValues: found)
        for (id, old) in rows {
            guard let row = new[id], (row.user, row.source, row.joined) == (old.user, old.source, old.joined),
                row.seen >= old.seen || takenBack.contains(row.user), old.left == nil || row == old
            else { throw TestFailure("segment \(id) was \(old), is \(new[id].map { "\($0)" } ?? "gone")") }
        }
        rows = new
        takenBack = []
    }

    mutating func finish() async throws {
        if started == nil {
            // A class may be too far from its timetable by now.
            hub.clock.set(by: now - hub.clock.now.milliseconds)
            try await start()
        }
        try await pass(61_000)
        if ended == nil { try await end() }
        try await pass(61_000)
        guard let started, let ended else { throw TestFailure("no class") }
        let answer = try await hub.get("/api/live-sessions/\(session)/attendance", as: .teacher)
        var told: [Int64: Int64] = [:]
        for person in answer.data["participants"]?.arrayValue ?? [] {
            guard let id = person["user_id"]?.integerValue else { continue }
            told[id] = person["attendance_seconds"]?.integerValue
        }
        for user in Self.people {
            let truth = registers[user]?.total(from: started, to: ended) ?? 0
            let (seconds, doubt) = (told[user] ?? 0, registers[user]?.doubt ?? 0)
            guard abs(seconds * 1000 - truth) <= 1000 + doubt else {
                throw TestFailure("\(user) attended \(truth) ms (doubt \(doubt)), the list says \(seconds) s")
            }
        }
        let rollCall = try await hub.get("/api/live-sessions/\(session)/roll-call", as: .teacher)
        for person in rollCall.data["people"]?.arrayValue ?? [] {
            let id = person["user"]?["id"]?.integerValue ?? 0
            guard person["attendance_seconds"]?.integerValue == told[id] ?? 0 else {
                throw TestFailure("the roll-call says \(person.text), the list \(told)")
            }
        }
        let csv = try await hub.get("/api/live-sessions/\(session)/attendance.csv", as: .teacher)
        let lines = csv.text.split(separator: "\r\n").dropFirst().map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        guard lines.compactMap({ Int64($0[5]) }).sorted() == told.values.sorted() else {
            throw TestFailure("the CSV says \(csv.text), the list \(told)")
        }
        let open = rows.values.filter { $0.left == nil }
        guard open.isEmpty else { throw TestFailure("still open: \(open)") }
    }
}
