/// Who asks: a person of the Directory, or a service of the learning platform, proved by a token.
package struct Caller: Sendable, Equatable {
    package enum Role: String, Sendable, CaseIterable {
        case student, instructor, admin, service
    }

    /// 0 for a service.
    package let userID: Int64
    package let role: Role
    package let email: String
    package let firstName: String
    package let lastName: String
    /// The token's `iat` and `exp`.
    package let issuedAt: Timestamp?
    package let expiresAt: Timestamp
    /// Set for a `channel_token`: the only live session that it opens.
    package let channelSession: Int64?
    /// Set when the token was minted by a sign-in here, and not by the platform.
    package let login: Login?
    /// The name of a service.
    package let service: String?

    package init(
        userID: Int64, role: Role, email: String, firstName: String = "", lastName: String = "",
        issuedAt: Timestamp? = nil, expiresAt: Timestamp, channelSession: Int64? = nil,
        login: Login? = nil, service: String? = nil
    ) {
        self.userID = userID
        self.role = role
        self.email = email
        self.firstName = firstName
        self.lastName = lastName
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.channelSession = channelSession
        self.login = login
        self.service = service
    }

    /// Administrators and services manage everything.
    package var isAdministrator: Bool { role == .admin || role == .service }

    /// Only the platform's tokens say something about a person: this hub's own repeat what the Directory had.
    package var changesDirectory: Bool { channelSession == nil && login == nil }

    /// Refuses a token that was issued before a revocation, or that does not say when it was issued.
    package func requireValid(since revocation: Timestamp?) throws(HubError) {
        guard let revocation, role != .service else { return }
        guard let issuedAt, issuedAt >= revocation else { throw HubError(.tokenRevoked) }
    }

    /// Refuses a sign-in by a teacher's link of somebody who teaches or administers by now: whoever made the link could have opened
    /// it, and would have rights that are not theirs.
    ///
    /// - Parameter role: what the Directory has, in this transaction; nil when it has nobody.
    package func requireValid(as role: Role?) throws(HubError) {
        guard login?.way == .link, let role, role != .student else { return }
        throw HubError(.tokenRevoked)
    }
}
