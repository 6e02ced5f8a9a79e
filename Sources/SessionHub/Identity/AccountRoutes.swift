import HTTPTypes
import StrictJSON
import WebSocketServer

/// Accounts of this hub: signing in with a password, staying signed in, choosing another password.
///
/// Every answer carries a token. It is never stored for an Idempotency-Key; a repeated request gets a new one.
struct AccountRoutes: Sendable {
    let operations: AccountOperations

    func add(to api: inout API) {
        api.addOpen(.post, "/api/auth/login", maxBody: 4096, login)
        api.add(.post, "/api/auth/refresh", for: .anybody, maxBody: 4096, answersAnew: true, refresh)
        api.add(.put, "/api/auth/password", for: .people, maxBody: 4096, changePassword)
    }

    private func login(_ request: Request, _: Language) async throws -> Reply {
        let fields = try Call.fields(of: request)
        let email = Email.key(try fields.required("email", try fields.text("email", limit: 254)))
        let password = try fields.required("password", try Password.given("password", in: fields))
        return Reply(.object(try await operations.signIn(email, password, from: request.source?.description).json))
    }

    private func refresh(_ call: Call) async throws -> Reply {
        try call.takesNothing()
        return Reply(.object(try await operations.renew(call.caller).json))
    }

    private func changePassword(_ call: Call) async throws -> Reply {
        let fields = try call.body()
        let new = try fields.required("password", try Password.new("password", in: fields))
        let current = try Password.given("current_password", in: fields)
        let signedIn = try await operations.changePassword(
            of: call.caller, to: new, current: current, from: call.request.source?.description
        )
        return Reply(.object(signedIn.json))
    }
}
