import HTTPTypes
import StrictJSON
import WebSocketServer

/// Accounts of this hub: signing in with a password, staying signed in, choosing another password.
///
/// Every answer carries a token. It is never stored for an Idempotency-Key; a repeated request gets a new one.
struct AccountRoutes: Sendable {
    private let logins: LoginTokens
    private let operations: AccountOperations

    init(logins: LoginTokens, operations: AccountOperations) {
        self.logins = logins
        self.operations = operations
    }

    func add(to api: inout API) {
        api.addOpen(.post, "/api/auth/login", maxBody: 4096, login)
        api.add(.post, "/api/auth/refresh", for: .anybody, maxBody: 4096, answersAnew: true, refresh)
        api.add(.put, "/api/auth/password", for: .people, maxBody: 4096, changePassword)
    }

    private func login(_ request: Request, _: Language) async throws -> Reply {
        let fields = try Call.fields(of: request)
        let email = Email.key(try fields.required("email", try fields.text("email", limit: 254)))
        let password = try fields.required("password", try Password.given("password", in: fields))
        let account = try await operations.signIn(email, password, from: request.source?.description)
        return try logins.answer(account, way: .password)
    }

    private func refresh(_ call: Call) async throws -> Reply {
        try call.takesNothing()
        let (account, login) = try await operations.renewable(call.caller)
        return try logins.answer(account, way: login.way, login: login)
    }

    private func changePassword(_ call: Call) async throws -> Reply {
        let fields = try call.body()
        let new = try fields.required("password", try Password.new("password", in: fields))
        let current = try Password.given("current_password", in: fields)
        let logins = logins
        return try await operations.changePassword(
            of: call.caller, to: new, current: current, from: call.request.source?.description
        ) { account in
            try logins.answer(account, way: .password)
        }
    }
}
