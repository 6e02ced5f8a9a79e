import HTTPTypes
import StrictJSON
import WebSocketServer

/// Makes sign-in links: one for a person, or a list to print for a class.
///
/// The answers hold the codes. They are never stored for an Idempotency-Key; a repeated request makes new links.
struct SignInLinkRoutes: Sendable {
    private let journal: Journal
    private let address: PublicAddress
    private let operations = SignInLinkOperations()

    init(journal: Journal, address: PublicAddress) {
        self.journal = journal
        self.address = address
    }

    func add(to api: inout API) {
        api.add(.post, "/api/users/{userId:int}/sign-in-link", for: .platform, maxBody: 4096, answersAnew: true, one)
        api.add(
            .post, "/api/courses/{courseId:int}/sign-in-links", for: .courseHosts, maxBody: 4096, answersAnew: true,
            list
        )
    }

    private func one(_ call: Call) async throws -> Reply {
        let (id, caller) = (try call.id("userId"), call.caller)
        let wish = try SignInLinkOperations.Wish(try call.body())
        let link = try await journal.write(.directory) { try operations.one(for: id, wish, by: caller, in: $0) }
        return Reply(
            [
                "url": .string(address.signInLink(code: link.code)), "code": .string(link.code),
                "purpose": .string(wish.purpose.rawValue), "expires_at": .string(link.expiresAt.text),
            ],
            status: .created
        )
    }

    private func list(_ call: Call, _ entrance: Entrance<CourseAccess>) async throws -> Reply {
        let (wish, caller) = (try SignInLinkOperations.Wish(try call.body(), isList: true), call.caller)
        let links = try await entrance.write(.directory) { course, transaction in
            try operations.list(of: course, wish, by: caller, in: transaction)
        }
        let rows = links.map { user, link -> JSON in
            [
                "user": user.ownJSON, "url": .string(address.signInLink(code: link.code)),
                "expires_at": .string(link.expiresAt.text),
            ]
        }
        return Reply(.array(rows), status: .created)
    }
}
