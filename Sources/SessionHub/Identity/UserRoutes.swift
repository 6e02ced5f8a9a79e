import Database
import HTTPTypes
import StrictJSON
import WebSocketServer

/// The Directory's people over REST, for administrators and the platform's services.
struct UserRoutes: Sendable {
    private let database: any SQLDatabase
    private let journal: Journal
    private let passwords: PasswordWork
    private let operations = UserOperations()

    init(database: any SQLDatabase, journal: Journal, passwords: PasswordWork) {
        self.database = database
        self.journal = journal
        self.passwords = passwords
    }

    func add(to api: inout API) {
        api.add(.get, "/api/users", for: .administrators, list)
        api.add(.post, "/api/users", for: .administrators, create)
        api.add(.get, "/api/users/{userId:int}", for: .administrators, show)
        api.add(.put, "/api/users/{userId:int}", for: .administrators, put)
        api.add(.delete, "/api/users/{userId:int}", for: .administrators, delete)
        api.add(.post, "/api/users/{userId:int}/revoke", for: .administrators, revoke)
    }

    private func list(_ call: Call) async throws -> Reply {
        let page = try call.page()
        var filter = UserStore.Filter()
        filter.search = call.search
        filter.role = try call.word("role", as: Caller.Role.OfPeople.self)?.role
        filter.course = try call.number("course", in: 1...Int64.max)
        filter.email = call.request.query.first("email")
        let found = try await database.read { [filter] in try UserStore.list(page, filter, in: $0) }
        return Reply(.array(found.users.map(\.json)), pagination: page.pagination(total: found.total))
    }

    private func create(_ call: Call) async throws -> Reply {
        let fields = try call.body()
        let change = try UserChange(fields)
        let password = try await newPassword(in: fields)
        let user = try await journal.write(.directory) { try operations.create(change, password, in: $0) }
        return Reply(user.json, status: .created)
    }

    private func show(_ call: Call) async throws -> Reply {
        let id = try call.id("userId")
        guard let user = try await database.read({ try UserStore.find(id, in: $0) }) else {
            throw HubError(.userNotFound)
        }
        return Reply(user.json)
    }

    private func put(_ call: Call) async throws -> Reply {
        let id = try call.newID("userId")
        let fields = try call.body()
        let change = try UserChange(fields)
        let password = try await newPassword(in: fields)
        let caller = call.caller
        let (user, isNew) = try await journal.write(.directoryAndSessions) { transaction in
            try operations.put(id, change, password, by: caller, in: transaction)
        }
        return Reply(user.json, status: isNew ? .created : .ok)
    }

    private func newPassword(in fields: Fields) async throws -> UserOperations.NewPassword? {
        try await UserOperations.NewPassword.read("password", in: fields, hashedBy: passwords)
    }

    private func delete(_ call: Call) async throws -> Reply {
        let id = try call.id("userId")
        try await journal.write(.directory) { try operations.delete(id, in: $0) }
        return Reply(message: Localized(en: "The person is deleted.", fr: "La personne est supprimée."))
    }

    private func revoke(_ call: Call) async throws -> Reply {
        try call.takesNothing()
        let id = try call.id("userId")
        let revokedAt = try await journal.write(.directory) { try operations.revoke(id, in: $0) }
        return Reply(["user_id": .integer(id), "tokens_after": .string(revokedAt.text)])
    }
}
