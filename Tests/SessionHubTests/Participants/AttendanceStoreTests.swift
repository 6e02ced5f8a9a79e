import Database
import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

@Suite("Attendance store")
struct AttendanceStoreTests {
    /// Takes a seat as the channel or a join would, now.
    private func seat(
        _ user: Int64, in session: Int64, by source: AttendanceSource = .channel, _ hub: ClassHub
    ) async throws {
        try await hub.write { transaction in
            let access = try SessionAccess.load(
                session: session, for: .student(user), in: transaction.connection
            )
            try AttendanceStore.seat(
                session: access.session, access: access, source: source, now: transaction.now,
                in: transaction.connection
            )
        }
    }

    private func depart(_ user: Int64, from session: Int64, _ hub: ClassHub) async throws {
        try await hub.write { transaction in
            try AttendanceStore.depart(
                session: session, user: user, at: transaction.now, in: transaction.connection
            )
        }
    }

    private func isSeated(_ user: Int64, in session: Int64, _ hub: ClassHub) async throws -> Bool {
        try await hub.access(session, user).isSeated
    }

    /// Each segment as "joined-left source", in seconds after ten; an open one without its end.
    private func intervals(_ session: Int64, _ user: Int64, _ hub: ClassHub) async throws -> [String] {
        try await hub.segments(session, user).map { segment in
            func seconds(_ moment: Timestamp) -> String { String((moment - ClassHub.ten) / 1000) }
            let source = segment.source == .channel ? "" : " \(segment.source.rawValue)"
            return seconds(segment.joinedAt) + "-" + (segment.leftAt.map(seconds) ?? "") + source
                + (segment.isHeld ? " held" : "")
        }
    }

    @Test func `the counter of seats is their count, whoever comes, goes, changes role or is closed out`() async throws
    {
        try await ClassHub.run { hub in
            let id = try await hub.scheduleLive(seats: 50)
            let people = [ClassHub.teacher, ClassHub.assistant, ClassHub.awa, ClassHub.bob]
            var random = SeededGenerator(seed: 4)
            var counts: Set<Int64> = []
            for step in 0..<120 {
                let user = people.randomElement(using: &random) ?? 0
                switch Int.random(in: 0..<8, using: &random) {
                case 0...3: try await seat(user, in: id, by: Bool.random(using: &random) ? .channel : .rest, hub)
                case 4: try await depart(user, from: id, hub)
                case 5:
                    try await hub.write { transaction in
                        try AttendanceStore.leave(
                            session: id, user: user, at: transaction.now, in: transaction.connection)
                    }
                case 6:
                    let role = Bool.random(using: &random) ? "participant" : "moderator"
                    try await hub.write { transaction in
                        _ = try transaction.connection.execute(
                            "UPDATE live_session_participants SET role = $1 WHERE session_id = $2 AND user_id = $3",
                            [.text(role), .integer(id), .integer(user)])
                    }
                default:
                    try await hub.write { transaction in
                        try AttendanceStore.closeAll(session: id, at: transaction.now, in: transaction.connection)
                    }
                }
                let row = try await hub.database.read { connection in
                    try connection.first(
                        """
                        SELECT seated_count, (SELECT count(*) FROM live_session_participants
                            WHERE session_id = $1 AND role = 'participant' AND seat IS NOT NULL) AS seats
                        FROM live_sessions WHERE id = $1
                        """, [.integer(id)])
                }
                #expect(row?.integer("seated_count") == row?.integer("seats"), "step \(step)")
                counts.insert(row?.integer("seats") ?? -1)
            }
            #expect(counts.count >= 3)
        }
    }

    @Test func `seed defect 16: the capacity holds, hosts and the seated aside`() async throws {
        try await ClassHub.run { hub in
            let id = try await hub.scheduleLive(seats: 1)
            try await seat(ClassHub.teacher, in: id, hub)
            try await seat(ClassHub.assistant, in: id, hub)
            try await seat(ClassHub.awa, in: id, hub)
            try await seat(ClassHub.awa, in: id, hub)
            await #expect(throws: HubError(.sessionFull)) { try await seat(ClassHub.bob, in: id, hub) }
            #expect(try await !isSeated(ClassHub.bob, in: id, hub))
            #expect(try await intervals(id, ClassHub.bob, hub) == [])
            try await depart(ClassHub.awa, from: id, hub)
            try await seat(ClassHub.bob, in: id, hub)
            #expect(try await isSeated(ClassHub.bob, in: id, hub))
            await #expect(throws: HubError(.sessionFull)) { try await seat(ClassHub.awa, in: id, hub) }
        }
    }

    @Test func `of many who come at once, exactly as many as there are places get in`() async throws {
        try await ClassHub.run { hub in
            let id = try await hub.scheduleLive(seats: 2)
            let outcomes = await withTaskGroup(of: ErrorCode?.self) { group in
                for user in [ClassHub.awa, ClassHub.bob, ClassHub.chen] {
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
        try await ClassHub.run { hub in
            let id = try await hub.scheduleLive()
            try await seat(ClassHub.awa, in: id, hub)
            hub.advance(seconds: 60)
            try await seat(ClassHub.awa, in: id, hub)
            #expect(try await intervals(id, ClassHub.awa, hub) == ["0-"])
        }
    }

    @Test func `seed defect 5: a rejoin keeps the earlier interval`() async throws {
        try await ClassHub.run { hub in
            let id = try await hub.scheduleLive()
            try await seat(ClassHub.awa, in: id, hub)
            hub.advance(seconds: 60)
            try await depart(ClassHub.awa, from: id, hub)
            hub.advance(seconds: 60)
            try await seat(ClassHub.awa, in: id, hub)
            #expect(try await intervals(id, ClassHub.awa, hub) == ["0-60", "120-"])
        }
    }

    @Test func `seed defect 6: departing twice counts once`() async throws {
        try await ClassHub.run { hub in
            let id = try await hub.scheduleLive()
            try await seat(ClassHub.awa, in: id, hub)
            hub.advance(seconds: 60)
            try await depart(ClassHub.awa, from: id, hub)
            hub.advance(seconds: 60)
            try await depart(ClassHub.awa, from: id, hub)
            #expect(try await intervals(id, ClassHub.awa, hub) == ["0-60"])
            #expect(try await !isSeated(ClassHub.awa, in: id, hub))
        }
    }

    @Test func `the channel's end closes what a join opened as well`() async throws {
        try await ClassHub.run { hub in
            let id = try await hub.scheduleLive()
            try await seat(ClassHub.awa, in: id, by: .rest, hub)
            hub.advance(seconds: 10)
            try await seat(ClassHub.awa, in: id, by: .channel, hub)
            hub.advance(seconds: 50)
            let now = hub.now
            try await hub.write { transaction in
                try AttendanceStore.hold(session: id, user: ClassHub.awa, at: now, in: transaction.connection)
            }
            try await depart(ClassHub.awa, from: id, hub)
            #expect(try await intervals(id, ClassHub.awa, hub) == ["0-60 rest", "10-60"])
        }
    }

    @Test func `leaving over REST ends the join, not the channel`() async throws {
        try await ClassHub.run { hub in
            let id = try await hub.scheduleLive()
            try await seat(ClassHub.awa, in: id, by: .channel, hub)
            try await seat(ClassHub.awa, in: id, by: .rest, hub)
            hub.advance(seconds: 60)
            _ = await hub.post("/api/live-sessions/\(id)/leave", as: ClassHub.awa)
            #expect(try await intervals(id, ClassHub.awa, hub) == ["0-", "0-60 rest"])
            #expect(try await isSeated(ClassHub.awa, in: id, hub))
        }
    }

    @Test func `those who wait attend from the start on`() async throws {
        try await ClassHub.run(at: ClassHub.ten - 300_000) { hub in
            let id = try await hub.schedule()
            try await seat(ClassHub.awa, in: id, hub)
            try await seat(ClassHub.teacher, in: id, by: .rest, hub)
            #expect(try await intervals(id, ClassHub.awa, hub) == [])
            hub.advance(to: ClassHub.ten)
            #expect(await hub.post("/api/live-sessions/\(id)/start", as: ClassHub.teacher).status == 200)
            #expect(try await intervals(id, ClassHub.awa, hub) == ["0-"])
            #expect(try await intervals(id, ClassHub.teacher, hub) == ["0- rest"])
            #expect(try await intervals(id, ClassHub.bob, hub) == [])
        }
    }

    @Test func `seed defect 9: the end closes everybody and frees every place`() async throws {
        try await ClassHub.run { hub in
            let id = try await hub.scheduleLive()
            try await seat(ClassHub.awa, in: id, hub)
            try await seat(ClassHub.bob, in: id, by: .rest, hub)
            hub.advance(seconds: 600)
            #expect(await hub.post("/api/live-sessions/\(id)/end", as: ClassHub.teacher).status == 200)
            #expect(try await intervals(id, ClassHub.awa, hub) == ["0-600"])
            #expect(try await intervals(id, ClassHub.bob, hub) == ["0-600 rest"])
            #expect(try await !isSeated(ClassHub.awa, in: id, hub))
            hub.advance(seconds: 60)
            try await depart(ClassHub.awa, from: id, hub)
            #expect(try await intervals(id, ClassHub.awa, hub) == ["0-600"])
        }
    }

    @Test func `after a restart, those who come back keep their interval and the others lose little`() async throws {
        try await ClassHub.run { hub in
            let id = try await hub.scheduleLive()
            for user in [ClassHub.awa, ClassHub.bob] { try await seat(user, in: id, hub) }
            try await seat(ClassHub.chen, in: id, by: .rest, hub)
            hub.advance(seconds: 45)
            try await hub.write { try AttendanceStore.heartbeat(at: $0.now, in: $0.connection) }
            hub.advance(seconds: 10)
            let held = try await hub.write { try AttendanceStore.holdAll(in: $0.connection) }
            #expect(held.map(\.person.id) == [ClassHub.awa, ClassHub.bob])
            #expect(held.map(\.person.name) == ["Awa Ndiaye", "Bob Martin"])
            #expect(held.map(\.role) == [.participant, .participant])
            hub.advance(seconds: 5)
            try await seat(ClassHub.awa, in: id, hub)
            try await hub.write { try AttendanceStore.heartbeat(at: $0.now, in: $0.connection) }
            hub.advance(seconds: 30)
            try await depart(ClassHub.bob, from: id, hub)
            #expect(try await intervals(id, ClassHub.awa, hub) == ["0-"])
            #expect(try await intervals(id, ClassHub.bob, hub) == ["0-45"])
            #expect(try await intervals(id, ClassHub.chen, hub) == ["0- rest"])
        }
    }

    @Test func `a heartbeat does not touch held segments nor those of REST`() async throws {
        try await ClassHub.run { hub in
            let id = try await hub.scheduleLive()
            try await seat(ClassHub.awa, in: id, hub)
            try await seat(ClassHub.bob, in: id, by: .rest, hub)
            _ = try await hub.write { try AttendanceStore.holdAll(in: $0.connection) }
            try await seat(ClassHub.chen, in: id, hub)
            hub.advance(seconds: 15)
            try await hub.write { try AttendanceStore.heartbeat(at: $0.now, in: $0.connection) }
            var seen: [Int64] = []
            for user in [ClassHub.awa, ClassHub.bob, ClassHub.chen] {
                seen += try await hub.segments(id, user).map { ($0.lastSeenAt - ClassHub.ten) / 1000 }
            }
            #expect(seen == [0, 0, 15])
        }
    }

    @Test func `the end of a class ends held segments at their last heartbeat`() async throws {
        try await ClassHub.run { hub in
            let id = try await hub.scheduleLive()
            try await seat(ClassHub.awa, in: id, hub)
            hub.advance(seconds: 15)
            try await hub.write { try AttendanceStore.heartbeat(at: $0.now, in: $0.connection) }
            _ = try await hub.write { try AttendanceStore.holdAll(in: $0.connection) }
            hub.advance(seconds: 100)
            _ = await hub.post("/api/live-sessions/\(id)/end", as: ClassHub.teacher)
            #expect(try await intervals(id, ClassHub.awa, hub) == ["0-15"])
        }
    }

    @Test func `a clock set back by a restart bends no interval below nothing`() async throws {
        try await ClassHub.run { hub in
            let id = try await hub.scheduleLive()
            try await seat(ClassHub.awa, in: id, hub)
            hub.advance(seconds: -3600)
            try await depart(ClassHub.awa, from: id, hub)
            #expect(try await intervals(id, ClassHub.awa, hub) == ["0-0"])
        }
    }
}
