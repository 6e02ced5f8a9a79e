import Database
import StrictJSON
import TestSupport

@testable import SessionHub

extension TestHub {
    /// Appends events straight through the journal, as the product's own parts do.
    func append(_ count: Int, to session: Int64, audience: Audience = .all, note: String = "n") async throws {
        try await application.journal.write { transaction in
            for index in 0..<count {
                try transaction.append(
                    .sessionUpdated, to: session,
                    payload: ["changes": ["description": .string("\(note)\(index)")]], by: nil, audience: audience
                )
            }
        }
    }

    /// Every event of the session as a reader of the store has them.
    func journal(_ session: Int64) async throws -> [ServerEvent] {
        try await application.database.read { connection in
            try EventReader.hub.events(session: session, after: 0, limit: 100_000, in: connection)
        }
    }

    /// One number of the database.
    func number(_ sql: String, _ parameters: [SQLValue] = []) async throws -> Int64 {
        try await application.database.read { connection in
            try connection.first(sql, parameters)?.integer("n") ?? -1
        }
    }
}

extension JSON {
    /// The seqs of an array of events.
    var seqs: [Int64] { arrayValue?.compactMap { $0["seq"]?.integerValue } ?? [] }
}

extension JSON {
    /// Whether somebody is named anywhere inside, by number or by the tests' own name.
    func mentions(_ person: Int64) -> Bool {
        switch self {
        case .integer(let value): value == person
        case .string(let text): text.contains("Nr\(person)") || text.contains("user\(person)@")
        case .array(let values): values.contains { $0.mentions(person) }
        case .object(let object): object.members.contains { $0.value.mentions(person) }
        default: false
        }
    }
}
