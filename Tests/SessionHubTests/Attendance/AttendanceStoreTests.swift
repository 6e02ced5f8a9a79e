import Database
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

@Suite("Attendance store")
struct AttendanceStoreTests {
    /// Takes a seat as the channel or a join would, now.
    private func seat(
        _ user: Someone, in session: Int64, by source: AttendanceSource = .channel, _ hub: Classroom
    ) async throws {
        try await hub.write { transaction in
            let access = try SessionAccess.load(
                session: session, for: user.caller, in: transaction.connection
            )
            try AttendanceStore.seat(
                session: access.session, access: access, source: source, now: transaction.now,
                in: transaction.connection
            )
        }
    }

    private func depart(_ user: Someone, from session: Int64, _ hub: Classroom) async throws {
        try await hub.write { transaction in
            try AttendanceStore.depart(
                session: session, user: user.id, at: transaction.now, in: transaction.connection
            )
        }
    }

    /// A class in which Awa was for a minute, a minute ago.
    private func attended(_ hub: Classroom) async throws -> Int64 {
        let id = try await hub.planLive()
        try await seat(.awa, in: id, hub)
        hub.clock.advance(seconds: 60)
        try await depart(.awa, from: id, hub)
        hub.clock.advance(seconds: 60)
        return id
    }

    private func isSeated(_ user: Someone, in session: Int64, _ hub: Classroom) async throws -> Bool {
        try await hub.access(session, user).isSeated
    }

    /// Each segment as "joined-left source", in seconds after ten; an open one without its end.
    private func intervals(_ session: Int64, _ user: Someone, _ hub: Classroom) async throws -> [String] {
        try await hub.segments(session, user).map { segment in
            func seconds(_ moment: Timestamp) -> String { String((moment - Classroom.ten) / 1000) }
            let source = segment.source == .channel ? "" : " \(segment.source.rawValue)"
            return seconds(segment.joinedAt) + "-" + (segment.leftAt.map(seconds) ?? "") + source
                + (segment.isHeld ? " held" : "")
        }
    }

    @Test func `the counter of seats is their count, whoever comes, goes, changes role or is closed out`() async throws
    {
        try await Classroom.quiet { hub in
            let id = try await hub.planLive(seats: 50)
            let people = [Someone.teacher, Someone.assistant, Someone.awa, Someone.koffi]
            var random = SeededGenerator(seed: 4)
            var counts: Set<Int64> = []
            for step in 0..<120 {
                let user = people.randomElement(using: &random) ?? .awa
                switch Int.random(in: 0..<8, using: &random) {
                case 0...3: try await seat(user, in: id, by: Bool.random(using: &random) ? .channel : .rest, hub)
                case 4: try await depart(user, from: id, hub)
                case 5:
                    try await hub.write { transaction in
                        try AttendanceStore.leave(
                            session: id, user: user.id, at: transaction.now, in: transaction.connection)
                    }
                case 6:
                    let role: ClassRole = Bool.random(using: &random) ? .participant : .moderator
                    try await hub.write { transaction in
                        try CohostStore.follow(user.id, role: role, session: id, in: transaction.connection)
                    }
                default:
                    try await hub.write { transaction in
                        try AttendanceStore.closeAll(session: id, at: transaction.now, in: transaction.connection)
                    }
                }
                let row = try await hub.application.database.read { connection in
                    try connection.first(
                        """
                        SELECT seated_count, (SELECT count(*) FROM live_session_participants
                            WHERE session_id = $1 AND role = 'participant' AND seat IS NOT NULL) AS seats
                        FROM live_session_heads WHERE session_id = $1
                        """, [.integer(id)])
                }
                #expect(row?.integer("seated_count") == row?.integer("seats"), "step \(step)")
                counts.insert(row?.integer("seats") ?? -1)
            }
            #expect(counts.count >= 3)
        }
    }

    @Test func `seed defect 16: the capacity holds, hosts and the seated aside`() async throws {
        try await Classroom.quiet { hub in
            let id = try await hub.planLive(seats: 1)
            try await seat(.teacher, in: id, hub)
            try await seat(.assistant, in: id, hub)
            try await seat(.awa, in: id, hub)
            try await seat(.awa, in: id, hub)
            await #expect(throws: HubError(.sessionFull)) { try await seat(.koffi, in: id, hub) }
            #expect(try await !isSeated(.koffi, in: id, hub))
            #expect(try await intervals(id, .koffi, hub) == [])
            try await depart(.awa, from: id, hub)
            try await seat(.koffi, in: id, hub)
            #expect(try await isSeated(.koffi, in: id, hub))
            await #expect(throws: HubError(.sessionFull)) { try await seat(.awa, in: id, hub) }
        }
    }

    @Test func `of many who come at once, exactly as many as there are places get in`() async throws {
        try await Classroom.quiet { hub in
            try await hub.enroll(.outsider)
            let id = try await hub.planLive(seats: 2)
            let outcomes = await withTaskGroup(of: ErrorCode?.self) { group in
                for user in [Someone.awa, Someone.koffi, Someone.outsider] {
                    group.addTask {
                        do {
                            try await seat(user, in: id, hub)
                            return nil
                        } catch {
                            return (error as? HubError)?.code
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.filter { $0 == nil }.count == 2)
            #expect(outcomes.filter { $0 == .sessionFull }.count == 1)
        }
    }

    @Test func `a seat taken twice opens one segment`() async throws {
        try await Classroom.quiet { hub in
            let id = try await hub.planLive()
            try await seat(.awa, in: id, hub)
            hub.clock.advance(seconds: 60)
            try await seat(.awa, in: id, hub)
            #expect(try await intervals(id, .awa, hub) == ["0-"])
        }
    }

    @Test func `seed defect 5: a rejoin keeps the earlier interval`() async throws {
        try await Classroom.quiet { hub in
            let id = try await attended(hub)
            try await seat(.awa, in: id, hub)
            #expect(try await intervals(id, .awa, hub) == ["0-60", "120-"])
        }
    }

    @Test func `seed defect 6: departing twice counts once`() async throws {
        try await Classroom.quiet { hub in
            let id = try await attended(hub)
            try await depart(.awa, from: id, hub)
            #expect(try await intervals(id, .awa, hub) == ["0-60"])
            #expect(try await !isSeated(.awa, in: id, hub))
        }
    }

    @Test func `the channel's end closes what a join opened as well`() async throws {
        try await Classroom.quiet { hub in
            let id = try await hub.planLive()
            try await seat(.awa, in: id, by: .rest, hub)
            hub.clock.advance(seconds: 10)
            try await seat(.awa, in: id, by: .channel, hub)
            hub.clock.advance(seconds: 50)
            let now = hub.clock.now
            try await hub.write { transaction in
                try AttendanceStore.hold(session: id, user: Someone.awa.id, at: now, in: transaction.connection)
            }
            try await depart(.awa, from: id, hub)
            #expect(try await intervals(id, .awa, hub) == ["0-60 rest", "10-60"])
        }
    }

    @Test func `leaving over REST ends the join, not the channel`() async throws {
        try await Classroom.quiet { hub in
            let id = try await hub.planLive()
            try await seat(.awa, in: id, by: .channel, hub)
            try await seat(.awa, in: id, by: .rest, hub)
            hub.clock.advance(seconds: 60)
            _ = try await hub.post("/api/live-sessions/\(id)/leave", as: .awa)
            #expect(try await intervals(id, .awa, hub) == ["0-", "0-60 rest"])
            #expect(try await isSeated(.awa, in: id, hub))
        }
    }

    @Test func `those who wait attend from the start on`() async throws {
        try await Classroom.quiet(at: Classroom.ten - 300_000) { hub in
            let id = try await hub.plan()
            try await seat(.awa, in: id, hub)
            try await seat(.teacher, in: id, by: .rest, hub)
            #expect(try await intervals(id, .awa, hub) == [])
            hub.clock.advance(to: Classroom.ten)
            #expect(try await hub.post("/api/live-sessions/\(id)/start", as: .teacher).status == 200)
            #expect(try await intervals(id, .awa, hub) == ["0-"])
            #expect(try await intervals(id, .teacher, hub) == ["0- rest"])
            #expect(try await intervals(id, .koffi, hub) == [])
        }
    }

    @Test func `seed defect 9: the end closes everybody and frees every place`() async throws {
        try await Classroom.quiet { hub in
            let id = try await hub.planLive()
            try await seat(.awa, in: id, hub)
            try await seat(.koffi, in: id, by: .rest, hub)
            hub.clock.advance(seconds: 600)
            #expect(try await hub.post("/api/live-sessions/\(id)/end", as: .teacher).status == 200)
            #expect(try await intervals(id, .awa, hub) == ["0-600"])
            #expect(try await intervals(id, .koffi, hub) == ["0-600 rest"])
            #expect(try await !isSeated(.awa, in: id, hub))
            hub.clock.advance(seconds: 60)
            try await depart(.awa, from: id, hub)
            #expect(try await intervals(id, .awa, hub) == ["0-600"])
        }
    }

    @Test func `after a restart, those who come back keep their interval and the others lose little`() async throws {
        try await Classroom.quiet { hub in
            let id = try await hub.planLive()
            try await hub.enroll(.outsider)
            for user in [Someone.awa, Someone.koffi] { try await seat(user, in: id, hub) }
            try await seat(.outsider, in: id, by: .rest, hub)
            hub.clock.advance(seconds: 45)
            try await hub.write { try AttendanceStore.heartbeat(at: $0.now, in: $0.connection) }
            hub.clock.advance(seconds: 10)
            let held = try await hub.write { try AttendanceStore.holdAll(in: $0.connection) }
            #expect(held.map(\.person.id) == [Someone.awa.id, Someone.koffi.id])
            #expect(held.map(\.person.name) == ["Awa Ndiaye", "Koffi Adjovi"])
            #expect(held.map(\.role) == [.participant, .participant])
            hub.clock.advance(seconds: 5)
            try await seat(.awa, in: id, hub)
            try await hub.write { try AttendanceStore.heartbeat(at: $0.now, in: $0.connection) }
            hub.clock.advance(seconds: 30)
            try await depart(.koffi, from: id, hub)
            #expect(try await intervals(id, .awa, hub) == ["0-"])
            #expect(try await intervals(id, .koffi, hub) == ["0-45"])
            #expect(try await intervals(id, .outsider, hub) == ["0- rest"])
        }
    }

    @Test func `a heartbeat does not touch held segments nor those of REST`() async throws {
        try await Classroom.quiet { hub in
            let id = try await hub.planLive()
            try await seat(.awa, in: id, hub)
            try await seat(.koffi, in: id, by: .rest, hub)
            _ = try await hub.write { try AttendanceStore.holdAll(in: $0.connection) }
            try await hub.enroll(.outsider)
            try await seat(.outsider, in: id, hub)
            hub.clock.advance(seconds: 15)
            try await hub.write { try AttendanceStore.heartbeat(at: $0.now, in: $0.connection) }
            var seen: [Int64] = []
            for user in [Someone.awa, Someone.koffi, Someone.outsider] {
                seen += try await hub.segments(id, user).map { ($0.lastSeenAt - Classroom.ten) / 1000 }
            }
            #expect(seen == [0, 0, 15])
        }
    }

    @Test func `the end of a class ends held segments at their last heartbeat`() async throws {
        try await Classroom.quiet { hub in
            let id = try await hub.planLive()
            try await seat(.awa, in: id, hub)
            hub.clock.advance(seconds: 15)
            try await hub.write { try AttendanceStore.heartbeat(at: $0.now, in: $0.connection) }
            _ = try await hub.write { try AttendanceStore.holdAll(in: $0.connection) }
            hub.clock.advance(seconds: 100)
            _ = try await hub.post("/api/live-sessions/\(id)/end", as: .teacher)
            #expect(try await intervals(id, .awa, hub) == ["0-15"])
        }
    }

    @Test func `a clock set back by a restart bends no interval below nothing`() async throws {
        try await Classroom.quiet { hub in
            let id = try await hub.planLive()
            try await seat(.awa, in: id, hub)
            hub.clock.advance(seconds: -3600)
            try await depart(.awa, from: id, hub)
            #expect(try await intervals(id, .awa, hub) == ["0-0"])
        }
    }
}
