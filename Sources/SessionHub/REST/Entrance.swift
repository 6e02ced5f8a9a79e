import Database

/// The way of a request into the store, for a route that is about a course or a class.
///
/// Who may is read in the same transaction as everything else, so that it is true for what is done there; whoever may
/// not is refused before the route's own work begins.
struct Entrance<Access: Sendable>: Sendable {
    /// The id of the course or the class.
    let id: Int64
    private let caller: Caller
    private let belonging: Belonging<Access>
    private let limit: RateLimit?
    private let store: API.Store

    init(_ call: Call, _ belonging: Belonging<Access>, limit: RateLimit?, store: API.Store) throws {
        id = try belonging.place(call)
        caller = call.caller
        self.belonging = belonging
        self.limit = limit
        self.store = store
    }

    func read<Value: Sendable>(
        _ work: @escaping @Sendable (Access, any SQLConnection) throws -> Value
    ) async throws -> Value {
        try limit?.admit(caller, to: id)
        return try await store.database.read { connection in
            try work(belonging.check(id, caller, connection), connection)
        }
    }

    func write<Value: Sendable>(
        _ scope: JournalScope, _ work: @escaping @Sendable (Access, JournalTransaction) throws -> Value,
        late: @escaping @Sendable (Value) -> Void = { _ in }
    ) async throws -> Value {
        try limit?.admit(caller, to: id)
        do throws(HubError) {
            return try await store.journal.write(scope) { transaction in
                let access = try belonging.check(id, caller, transaction.connection)
                try belonging.checkWriter(access)
                return try work(access, transaction)
            } late: {
                late($0)
            }
        } catch {
            limit?.giveBack(to: id)
            throw error
        }
    }

    /// Queues what must be written because it has happened (`Journal.owe`).
    func owe(_ scope: JournalScope, _ work: @escaping @Sendable (JournalTransaction) throws -> Void) {
        store.journal.owe(scope, work)
    }
}
