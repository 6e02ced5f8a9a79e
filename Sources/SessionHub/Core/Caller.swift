/// Who asks: a person of the Directory, or a service of the learning platform, proved by a token.
package struct Caller: Sendable, Equatable {
    package enum Role: String, Sendable, CaseIterable {
        case student, instructor, admin, service
        /// Somebody from outside, let into one class by its host (`GuestStore`): no person of the platform.
        case guest
    }

    /// How many milliseconds `nbf` and `iat` of a token may lie ahead of this machine's clock, because the clock of
    /// whoever minted it may be ahead. A token from further in the future could outlive every revocation.
    static let clockTolerance: Int64 = 60_000

    /// The person's id; 0 for a service.
    let userID: Int64
    let role: Role
    let email: String
    let firstName: String
    let lastName: String
    /// The token's `iat` and `exp`.
    let issuedAt: Timestamp?
    let expiresAt: Timestamp
    /// Set for a `channel_token`: the only live session that it opens.
    let channelSession: Int64?
    /// Set when the token was minted by a sign-in here, and not by the platform.
    let login: Login?
    /// The name of a service.
    let service: String?

    init(
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
    var isAdministrator: Bool { role == .admin || role == .service }

    /// Whether this hub minted the token, for a channel or a sign-in. Then its times are by the same clock as those of
    /// revocations.
    var isOwn: Bool { channelSession != nil || login != nil }

    /// Whether the token may change what the Directory says of the person. This hub's own tokens may not, because they
    /// only repeat what the Directory said earlier.
    var changesDirectory: Bool { !isOwn }

    /// Refuses a token that was issued before a revocation, or that does not say when it was issued.
    ///
    /// Nobody knows by how much the platform's clock is ahead (`clockTolerance`). A token of the platform therefore
    /// counts as older than the revocation as long as that difference could explain its time. The hub's own tokens are
    /// compared exactly, so that a new password lets its person in at once.
    ///
    /// - Parameter now: for the refusal, which says when a new token of the platform counts; nil: it does not.
    func requireValid(since revocation: Timestamp?, now: Timestamp? = nil) throws(HubError) {
        guard let revocation, role != .service else { return }
        let first = isOwn ? revocation : revocation + Self.clockTolerance
        guard let issuedAt, issuedAt >= first else {
            guard !isOwn, let issuedAt else { throw HubError(.tokenRevoked) }
            throw .revoked(issuedAt, before: revocation, first: first, now: now)
        }
    }

    /// Refuses a sign-in by a teacher's link of somebody who teaches or administers by now: whoever made the link could
    /// have opened it, and would have rights that are not theirs. A guest's sign-in is nobody else's, and the other way
    /// round.
    ///
    /// - Parameter role: what the Directory has, in this transaction; nil when it has nobody.
    func requireValid(as role: Role?) throws(HubError) {
        guard let login, let role else { return }
        guard (login.way == .guest) == (role == .guest), login.way != .link || role == .student else {
            throw HubError(.tokenRevoked)
        }
    }
}

extension HubError {
    /// The refusal of a platform's token.
    ///
    /// - Parameters:
    ///   - first: the earliest `iat` that counts again.
    ///   - now: nil when the refusal cannot say how long that takes.
    static func revoked(
        _ issuedAt: Timestamp, before revocation: Timestamp, first: Timestamp, now: Timestamp?
    ) -> HubError {
        // Times of issue have whole seconds: the first of them that counts.
        let first = Timestamp(milliseconds: (first.milliseconds + 999) / 1000 * 1000)
        if let now, now < first {
            let seconds = (first - now + 999) / 1000
            return HubError(
                .tokenRevoked,
                Localized(
                    en: "Your sign-in was revoked a moment ago: sign in again at your platform in \(seconds) seconds.",
                    fr:
                        "Votre connexion vient d’être révoquée : reconnectez-vous sur votre plateforme dans \(seconds) secondes."
                ),
                retryAfter: first - now
            )
        }
        guard issuedAt >= revocation else { return HubError(.tokenRevoked) }
        return HubError(
            .tokenRevoked,
            Localized(
                en: "This sign-in is too close to a revocation to be told from one before it: sign in again.",
                fr:
                    "Cette connexion est trop proche d’une révocation pour la distinguer d’une plus ancienne : reconnectez-vous."
            )
        )
    }
}
