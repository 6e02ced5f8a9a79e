import Database
import HTTPTypes
import StrictJSON
import WebSocketServer

/// People and courses that the platform has not named itself, and the link with which a person first comes in; for
/// administrators and services. The command line works through these.
package struct NewcomerRoutes: Sendable {
    /// Ids made here start beyond what a platform counts to.
    private static let firstID: Int64 = 1_000_000_000
    private static let linkLifetime: Int64 = 24 * 3_600_000

    private let journal: Journal
    private let address: PublicAddress

    package init(journal: Journal, address: PublicAddress) {
        self.journal = journal
        self.address = address
    }

    package func add(to api: inout API) {
        api.add(.post, "/api/users") { call in try await createUser(call) }
        api.add(.post, "/api/courses") { call in try await createCourse(call) }
        api.add(.post, "/api/users/{userId:int}/sign-in-link", hasSecrets: true) { call in try await link(call) }
    }

    private func createUser(_ call: Call) async throws -> Reply {
        try call.requireAdministrator()
        let change = try UserChange(try call.body())
        let user = try await journal.write { transaction in
            let id = try Self.newID("users", in: transaction.connection)
            return try UserStore.put(id, change, now: transaction.now, in: transaction.connection).user
        }
        return Reply(user.json, status: .created)
    }

    private func createCourse(_ call: Call) async throws -> Reply {
        try call.requireAdministrator()
        let change = try CourseChange(try call.body())
        let course = try await journal.write { transaction in
            let id = try Self.newID("courses", in: transaction.connection)
            let put = try CourseStore.put(id, change, now: transaction.now, in: transaction.connection)
            for person in put.accessChanged { transaction.signal(.accessChanged(user: person)) }
            return put.course
        }
        return Reply(course.json, status: .created)
    }

    private static func newID(_ table: String, in connection: any SQLConnection) throws -> Int64 {
        let row = try connection.first(
            "SELECT max(id) AS newest FROM \(table) WHERE id >= $1", [.integer(Self.firstID)]
        )
        return (row?.optionalInteger("newest") ?? firstID - 1) + 1
    }

    private func link(_ call: Call) async throws -> Reply {
        try call.requireAdministrator()
        let id = try call.id("userId")
        let (code, expiresAt) = try await journal.write { transaction in
            guard try UserStore.exists(id, in: transaction.connection) else { throw HubError(.userNotFound) }
            let expiresAt = transaction.now + Self.linkLifetime
            let code = try SignInCodes.create(
                user: id, now: transaction.now, expiresAt: expiresAt, in: transaction.connection
            )
            return (code, expiresAt)
        }
        return Reply(
            [
                "url": .string(address.signInLink(code: code, next: "/")), "code": .string(code),
                "purpose": "sign_in", "expires_at": .string(expiresAt.text),
            ],
            status: .created
        )
    }
}
