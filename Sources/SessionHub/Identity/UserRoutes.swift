package import Database
import HTTPTypes
import StrictJSON
import WebSocketServer

/// The Directory's people over REST, for administrators and the platform's services.
package struct UserRoutes: Sendable {
    private let database: any SQLDatabase
    private let journal: Journal
    private let passwords: PasswordWork

    package init(database: any SQLDatabase, journal: Journal, passwords: PasswordWork) {
        self.database = database
        self.journal = journal
        self.passwords = passwords
    }

    package func add(to api: inout API) {
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
        filter.role = try call.word("role", as: Caller.Role.self)
        filter.course = try call.number("course", in: 1...Int64.max)
        filter.email = call.request.query.first("email")
        let found = try await database.read { [filter] in try UserStore.list(page, filter, in: $0) }
        return Reply(.array(found.users.map(\.json)), pagination: page.pagination(total: found.total))
    }

    private func create(_ call: Call) async throws -> Reply {
        let fields = try call.body()
        let change = try UserChange(fields)
        let password = try await password(in: fields)
        let user = try await journal.write { transaction in
            let user = try UserStore.create(change, in: transaction)
            if let password { try password.set(for: user.id, isNew: true, in: transaction) }
            return user
        }
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
        let id = try call.id("userId")
        let fields = try call.body()
        let change = try UserChange(fields)
        let password = try await password(in: fields)
        let isPlatform = call.caller.role == .service
        let (user, isNew) = try await journal.write { transaction in
            let put = try UserStore.put(id, change, isPlatform: isPlatform, in: transaction)
            // Whoever was made here and is bound now has tokens of before.
            if let password { try password.set(for: id, isNew: put.isNew && !put.isBound, in: transaction) }
            return (put.user, put.isNew)
        }
        return Reply(user.json, status: isNew ? .created : .ok)
    }

    /// A password that an administrator gives or, with null, takes away; nil when the body says nothing of it.
    private struct NewPassword: Sendable {
        let password: Password?
        let hash: String?

        func set(for id: Int64, isNew: Bool, in transaction: JournalTransaction) throws {
            guard let account = try PasswordStore.find(id, in: transaction.connection) else { return }
            try password?.check(for: account.user.email)
            _ = try PasswordStore.change(account, to: hash, isNew: isNew, in: transaction)
        }
    }

    private func password(in fields: Fields) async throws -> NewPassword? {
        guard fields.has("password") else { return nil }
        let password = try Password.new("password", in: fields)
        guard let password else { return NewPassword(password: nil, hash: nil) }
        return NewPassword(password: password, hash: try await passwords.hash(password))
    }

    private func delete(_ call: Call) async throws -> Reply {
        let id = try call.id("userId")
        try await journal.write { transaction in
            try UserStore.delete(id, in: transaction)
        }
        return Reply(message: Localized(en: "The person is deleted.", fr: "La personne est supprimée."))
    }

    /// Refuses every token issued before now, channel tokens included; open channels close.
    private func revoke(_ call: Call) async throws -> Reply {
        try call.takesNothing()
        let id = try call.id("userId")
        let revokedAt = try await journal.write { transaction in
            try UserStore.revokeTokens(of: id, in: transaction)
        }
        return Reply(["user_id": .integer(id), "tokens_after": .string(revokedAt.text)])
    }
}
