import StrictJSON
import TestSupport
import Testing

@testable import SessionHub

/// A journal that has lost its end and grown anew has the same epoch and other events: a client's witness tells them
/// apart.
@Suite("Channel: the witness of a resume", .timeLimit(.minutes(3)))
struct WitnessTests {
    /// Who asks with the position 4, by which event, and whether that is resumed. Events 1, 2 and 5 are for all, 3 is
    /// for hosts, 4 for 101 and the hosts.
    private static let cases: [(person: Int64, witness: Int64, isResumed: Bool)] = [
        // Only what is withheld lies behind the witness.
        (102, 2, true), (101, 4, true), (2, 4, true),
        // Something lies behind it that the reader may see, and would have been shown.
        (102, 1, false), (101, 2, false), (2, 2, false), (2, 3, false),
        // The reader was never shown it, and learns nothing of when it was.
        (102, 3, false), (102, 4, false), (101, 3, false),
    ]

    private func welcome(
        _ hub: TestHub, _ room: TestCourse, as person: Int64, _ resume: JSON
    ) async throws -> JSON {
        let somebody = try #require((room.students + [room.teacher]).first { $0.id == person })
        let client = try await hub.open(room.session)
        return try await client.ok("hello", ["token": .string(somebody.token), "resume": resume])
    }

    @Test func `a resume is exact where the witness is, and behind it nothing that was not shown`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 2)
            for audience in [Audience.all, .hosts, .user(101), .all] {
                try await hub.append(1, to: room.session, audience: audience)
            }
            let (teacher, first) = try await hub.join(room.session, as: room.teacher)
            let epoch = try #require(first["epoch"])
            let events = try #require(try await teacher.ok("history", ["after_seq": 0])["events"]?.arrayValue)
            try #require(events.count == 5)
            let times = try events.map { try #require($0["at"]) }
            for (person, seq, isResumed) in Self.cases {
                func resume(at: JSON) -> JSON {
                    ["seq": 4, "epoch": epoch, "witness": ["seq": .integer(seq), "at": at]]
                }
                let same = try await welcome(hub, room, as: person, resume(at: times[Int(seq) - 1]))
                #expect(same["resumed"] == .bool(isResumed), "\(person) with \(seq)")
                #expect(same["epoch"] == epoch)
                if isResumed { #expect(same["events"] == [events[4]]) }
                let other = try await welcome(hub, room, as: person, resume(at: "2001-01-01T00:00:00Z"))
                #expect(other["resumed"] == false, "\(person) with another \(seq)")
                #expect(other["events"]?.arrayValue?.count == 5)
            }
            // Who names none is known by the epoch alone.
            #expect(try await welcome(hub, room, as: 102, ["seq": 4, "epoch": epoch])["resumed"] == true)
        }
    }

    @Test func `what is deleted later is a witness still`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            let (client, first) = try await hub.join(room.session, as: room.student)
            let epoch = try #require(first["epoch"])
            let id = try #require(try await client.say("Hello", clientID: "1")["id"])
            let shown = try #require(try await client.events(through: 2).last)
            _ = try await client.ok("chat.delete", ["id": id])
            let at = try #require(shown["at"])
            let resume: JSON = ["seq": 2, "epoch": epoch, "witness": ["seq": 2, "at": at]]
            let resumed = try await welcome(hub, room, as: room.student.id, resume)
            #expect(resumed["resumed"] == true)
            #expect(resumed["events"]?.arrayValue?.map { $0["type"] } == ["chat.deleted"])
        }
    }

    @Test func `a thousand events are counted from the witness on`() async throws {
        try await TestHub.with { hub in
            let room = try await hub.testCourse(students: 1)
            try await hub.append(1101, to: room.session)
            let (client, first) = try await hub.join(room.session, as: room.student)
            let epoch = try #require(first["epoch"])
            let page = try await client.ok("history", ["after_seq": 100, "limit": 2])
            for (index, isResumed) in [(0, false), (1, true)] {
                let event = try #require(page["events"]?.arrayValue?[index])
                let (seq, at) = (try #require(event["seq"]), try #require(event["at"]))
                let resume: JSON = ["seq": seq, "epoch": epoch, "witness": ["seq": seq, "at": at]]
                let back = try await welcome(hub, room, as: room.student.id, resume)
                #expect(back["resumed"] == .bool(isResumed))
                #expect(back["events"]?.arrayValue?.count == (isResumed ? 1000 : 100))
            }
        }
    }
}
