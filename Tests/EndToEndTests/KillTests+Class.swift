import StrictJSON
import TestSupport
import Testing

/// What hosts decided and what people voted, after a crash.
extension KillTests {
    /// How one person voted, as far as it was answered, and the vote that was not.
    private struct Ballot: Sendable {
        let person: TestPerson
        var votes: [String: Bool] = [:]
        var unanswered: String?
    }

    @Test func `after kill -9 in a storm of votes every acknowledged one counts, once`() async throws {
        let folder = try TestFolder()
        let (process, port) = try await HubProcess.serve(folder, ["AMPHI_LOOPS": "2"])
        let hub = RunningHub(port: port)
        let room = try await hub.testCourse(students: 40)
        let (teacher, _) = try await hub.join(room.session, as: room.teacher)
        var questions: [JSON] = []
        for index in 0..<10 {
            let asked: JSON = [
                "client_id": .string("q\(index)"), "text": .string("\(TestHub.mark) \(index)"), "kind": "question",
            ]
            questions.append(try await teacher.ok("chat.post", asked)["id"] ?? .null)
        }
        let (answers, answered) = AsyncStream<Void>.makeStream()
        let ballots = try await withThrowingTaskGroup(of: Ballot.self) { [questions] group in
            for student in room.students {
                group.addTask {
                    try await Self.vote(as: student, for: questions, in: room.session, of: hub) { answered.yield() }
                }
            }
            var count = 0
            for await _ in answers {
                count += 1
                if count == 300 { break }
            }
            process.signal(SIGKILL)
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(try await process.finish().ending == .signal(SIGKILL))
        #expect(ballots.map(\.votes.count).reduce(0, +) >= 50 && ballots.contains { $0.unanswered != nil })

        let (again, next) = try await HubProcess.serve(folder, ["AMPHI_LOOPS": "2"])
        let restarted = RunningHub(port: next)
        var (counted, told): ([String: Int64], [String: Int64]) = ([:], [:])
        for ballot in ballots {
            let (_, welcome) = try await restarted.join(room.session, as: ballot.person)
            for question in welcome["questions"]?.arrayValue ?? [] {
                let id = question["id"]?.text ?? ""
                if question["voted"] == true { counted[id, default: 0] += 1 }
                told[id] = question["votes"]?.integerValue
                guard id != ballot.unanswered else { continue }
                #expect(question["voted"] == .bool(ballot.votes[id] ?? false), "\(ballot.person.id) for \(id)")
            }
        }
        #expect(told.count == 10 && told.filter { $0.value > 0 } == counted)
        again.signal(SIGTERM)
        #expect(try await again.finish().ending == .exit(0))
    }

    /// Votes for everything, then takes back every second vote, until the connection breaks.
    private static func vote(
        as person: TestPerson, for questions: [JSON], in session: Int64, of hub: RunningHub,
        onAnswer: @Sendable () -> Void
    ) async throws -> Ballot {
        var ballot = Ballot(person: person)
        // Whoever was still on the way in when the hub was killed has voted for nothing.
        guard let client = try? await hub.join(session, as: person).client else { return ballot }
        for round in 0... {
            for (index, question) in questions.enumerated() where round == 0 || index.isMultiple(of: 2) {
                let isOn = round.isMultiple(of: 2)
                ballot.unanswered = question.text
                do {
                    let reply = try await client.request("question.vote", ["id": question, "on": .bool(isOn)])
                    if reply["ok"] != nil {
                        ballot.votes[question.text] = isOn
                        onAnswer()
                    }
                } catch {
                    return ballot
                }
                ballot.unanswered = nil
            }
        }
        return ballot
    }

    @Test func `after kill -9 a mute, a lock and a ban still hold`() async throws {
        let folder = try TestFolder()
        let (process, port) = try await HubProcess.serve(folder)
        let hub = RunningHub(port: port)
        let room = try await hub.testCourse(students: 3)
        let (teacher, _) = try await hub.join(room.session, as: room.teacher)
        _ = try await hub.join(room.session, as: room.students[0])
        _ = try await teacher.ok("moderation.mute", ["user_id": .integer(room.students[0].id)])
        _ = try await teacher.ok("moderation.ban", ["user_id": .integer(room.students[1].id)])
        _ = try await teacher.ok("chat.mode", ["mode": "locked"])
        process.signal(SIGKILL)
        _ = try await process.finish()

        let (again, next) = try await HubProcess.serve(folder)
        let restarted = RunningHub(port: next)
        let post: JSON = ["client_id": "c", "text": .string("\(TestHub.mark) psst")]
        let (muted, welcome) = try await restarted.join(room.session, as: room.students[0])
        #expect(welcome["me"]?["muted"] == ["until": .null])
        #expect(try await muted.refusal("chat.post", post)["code"] == "muted")
        let (locked, _) = try await restarted.join(room.session, as: room.students[2])
        #expect(try await locked.refusal("chat.post", post)["code"] == "chat_locked")
        for path in ["join", "jitsi-token"] {
            let answer = try await restarted.http.send(
                "POST", "/api/live-sessions/\(room.session)/\(path)", token: room.students[1].token)
            #expect(answer.status == 403 && answer.json["code"] == "banned", "\(path)")
        }
        let banned = try await restarted.open(room.session)
        #expect(try await banned.refusedHello(room.students[1].token)["code"] == "banned")
        #expect(try await banned.closeCode() == 4504)
        again.signal(SIGTERM)
        #expect(try await again.finish().ending == .exit(0))
    }
}

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif
