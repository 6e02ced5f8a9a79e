#if PostgreSQL
import Database
import DatabasePostgres
import PostgresSupport
import Testing

/// What processes of one database call to each other.
@Suite("PostgreSQL: hints", .timeLimit(.minutes(1)))
struct HintTests {
    @Test func `hints are heard by every process, in their order, also after the connection broke`() async throws {
        try await TestPostgres.shared().withDatabase { url in
            let database = try PostgresDatabase.make(url)
            let other = try PostgresDatabase.make(url)
            try await closing(database, other) {
                let (heard, hear) = AsyncStream<String?>.makeStream()
                other.hear { hear.yield($0) }
                var words = heard.makeAsyncIterator()
                #expect(await words.next() == .some(nil))
                for number in 1...300 { database.tell("c\(number) it's") }
                database.tell(String(repeating: "x", count: 8000))
                other.tell("last")
                var list: [String] = []
                while let word = await words.next(), let word, word != "last" { list.append(word) }
                if list.count < 300 {
                    while list.count < 300, let word = await words.next(), let word { list.append(word) }
                }
                #expect(list == (1...300).map { "c\($0) it's" })
                let end = """
                    SELECT pg_terminate_backend(pid)::int FROM pg_stat_activity
                    WHERE application_name = 'amphi/test/listen' AND query LIKE 'LISTEN%'
                    """
                _ = try await database.read { try $0.query(end) }
                #expect(await words.next() == .some(nil))
                database.tell("again")
                #expect(await words.next() == "again")
            }
        }
    }
}
#endif
