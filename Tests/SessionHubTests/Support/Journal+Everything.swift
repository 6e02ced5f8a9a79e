@testable import SessionHub

/// For what tests themselves write: anything.
extension Journal {
    func write<Value: Sendable>(
        _ work: @escaping @Sendable (JournalTransaction) throws -> Value
    ) async throws(HubError) -> Value {
        try await write(.directoryAndSessions, work)
    }

    func submit<Value: Sendable>(
        bytes: Int = 0, _ work: @escaping @Sendable (JournalTransaction) throws -> Value,
        late: @escaping @Sendable (Value) -> Void = { _ in },
        completion: @escaping @Sendable (Result<Value, HubError>) -> Void
    ) {
        submit(.directoryAndSessions, bytes: bytes, work, late: late, completion: completion)
    }

    func owe(_ work: @escaping @Sendable (JournalTransaction) throws -> Void) { owe(.directoryAndSessions, work) }
}
