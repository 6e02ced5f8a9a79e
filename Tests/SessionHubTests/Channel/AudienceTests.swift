import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

@Suite("Channel: audience", .timeLimit(.minutes(3)))
struct AudienceTests {
    /// Who reads what of four events: for all, for hosts, for 101 and the hosts, for all.
    private static let seen: [(person: Int64, types: [String])] = [
        (101, ["session.updated", "withheld", "session.updated", "session.updated"]),
        (102, ["session.updated", "withheld", "withheld", "session.updated"]),
        (2, ["session.updated", "session.updated", "session.updated", "session.updated"]),
        (3, ["session.updated", "session.updated", "session.updated", "session.updated"]),
    ]

    private func types(_ events: JSON?) -> [String] {
        events?.arrayValue?.compactMap { $0["type"]?.stringValue } ?? []
    }

    private func append(_ hub: TestHub, to session: Int64) async throws {
        try await hub.application.journal.write { transaction in
            for (audience, note) in [
                (Audience.all, "open"), (.hosts, "staff only"), (.user(101), "for one"), (.all, "open again"),
            ] {
                try transaction.append(
                    .sessionUpdated, to: session, payload: ["changes": ["description": .string(note)]], by: nil,
                    audience: audience
                )
            }
        }
    }

    @Test(arguments: [1, 2])
    func `what a reader may not see arrives as withheld, live, on resume and in the history`(loops: Int) async throws {
        try await TestHub.with({ $0.loops = loops }) { hub in
            let room = try await hub.testCourse(students: 2)
            let people = [room.students[0], room.students[1], room.teacher, room.assistant]
            var clients: [WebSocketTestClient] = []
            var epoch = ""
            for person in people {
                let (client, welcome) = try await hub.join(room.session, as: person)
                clients.append(client)
                epoch = welcome["epoch"]?.stringValue ?? ""
            }
            try await append(hub, to: room.session)
            for (index, person) in people.enumerated() {
                let expected = try #require(Self.seen.first { $0.person == person.id }).types
                let live = JSON.array(try await clients[index].events(through: 5))
                #expect(types(live) == expected, "live \(person.id)")
                let history = try await clients[index].ok("history", ["after_seq": 1])["events"]
                #expect(history?.text == live.text, "history \(person.id)")
                let resumed = try await hub.join(room.session, as: person, resume: (seq: 1, epoch: epoch)).welcome
                #expect(resumed["events"]?.text == live.text, "resume \(person.id)")
                let fresh = try await hub.join(room.session, as: person).welcome["events"]?.arrayValue ?? []
                #expect(JSON.array(Array(fresh.dropFirst())).text == live.text, "welcome \(person.id)")
                let rest = try await hub.expectOK(
                    "GET", "/api/live-sessions/\(room.session)/events?after_seq=1", token: person.token
                )
                #expect(rest["events"]?.text == live.text, "REST \(person.id)")
                let hidden = expected.filter { $0 == "withheld" }.count
                #expect(live.text.contains("staff only") == (hidden == 0))
            }
        }
    }

    @Test func `a reader behind gets the withheld events of a catch-up as withheld too`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let (client, _) = try await hub.join(room.session, as: room.student)
            try await hub.append(3000, to: room.session, audience: .hosts, note: "staff ")
            let events = try await client.events(through: 3001)
            #expect(events.seqs == Array(2...3001))
            #expect(events.allSatisfy { $0["type"] == "withheld" })
        }
    }
}

extension [JSON] {
    var seqs: [Int64] { JSON.array(self).seqs }
}
