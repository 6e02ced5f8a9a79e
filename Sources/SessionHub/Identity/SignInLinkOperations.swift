/// Making sign-in links, and using one, inside the writer's transaction.
struct SignInLinkOperations: Sendable {
    /// A week in seconds: a list is printed on Friday and used on Monday.
    private static let listLifetime: Int64 = 7 * 86_400
    /// The most members for whom one request makes links: more would keep the writer busy for too long.
    private static let longestList = 5000

    /// What a link shall be for, and how long it shall work.
    struct Wish: Sendable {
        let purpose: SignInCodes.Purpose
        /// How many milliseconds the link works.
        let lifetime: Int64

        /// - Parameter isList: whether the links are for a whole class; such links are for signing in only.
        init(_ fields: Fields, isList: Bool = false) throws(HubError) {
            purpose = isList ? .signIn : try fields.word("purpose", as: SignInCodes.Purpose.self) ?? .signIn
            let standard = isList ? SignInLinkOperations.listLifetime : purpose.standardLifetime
            lifetime = (try fields.integer("expires_in", in: 60...purpose.longestLifetime) ?? standard) * 1000
        }
    }

    struct Link: Sendable {
        let code: String
        let expiresAt: Timestamp
    }

    /// A link for one person.
    ///
    /// Administrators may make one for everybody. A host may make one for a member of their own courses who is a
    /// student and nothing more anywhere, but not for a new password: the host could use it and would have the account
    /// for good. Throws `forbidden`, `user_not_found`.
    func one(
        for user: Int64, _ wish: Wish, by caller: Caller, in transaction: JournalTransaction
    ) throws -> Link {
        let connection = transaction.connection
        if !caller.isAdministrator {
            guard wish.purpose == .signIn, try ClassList.teaches(caller.userID, student: user, in: connection) else {
                throw HubError(.forbidden)
            }
        }
        guard try UserStore.exists(user, in: connection) else { throw HubError(.userNotFound) }
        return try make(for: user, wish, by: caller, in: transaction)
    }

    /// A link for each member of a course, at the request of a host of it.
    ///
    /// A host who is no administrator gets links for students only: neither for a colleague who is enrolled nor for a
    /// student who helps to teach another course. Throws `too_large`.
    func list(
        of course: CourseAccess, _ wish: Wish, by caller: Caller, in transaction: JournalTransaction
    ) throws -> [(user: DirectoryUser, link: Link)] {
        let members = try ClassList.members(
            of: course.course, onlyStudents: !caller.isAdministrator, in: transaction.connection
        )
        guard members.count <= Self.longestList else { throw HubError(.tooLarge, Self.tooMany) }
        return try members.map { ($0, try make(for: $0.id, wish, by: caller, in: transaction)) }
    }

    private func make(
        for user: Int64, _ wish: Wish, by caller: Caller, in transaction: JournalTransaction
    ) throws -> Link {
        let expiresAt = transaction.now + wish.lifetime
        let code = try SignInCodes.create(
            user: user, purpose: wish.purpose, by: caller, now: transaction.now, expiresAt: expiresAt,
            in: transaction.connection
        )
        return Link(code: code, expiresAt: expiresAt)
    }

    /// Uses a code up. The answer is nil for a code that lets nobody in: an error would undo that it is used up.
    func use(
        _ code: String, in transaction: JournalTransaction
    ) throws -> (account: PasswordStore.Account, entrance: SignInCodes.Entrance)? {
        let connection = transaction.connection
        guard let entrance = try SignInCodes.consume(code, now: transaction.now, in: connection),
            let account = try PasswordStore.find(entrance.user, in: connection)
        else { return nil }
        return (account, entrance)
    }

    private static let tooMany = Localized(
        en: "This course has more members than one list can hold.",
        fr: "Ce cours a plus de membres qu’une liste ne peut en contenir."
    )
}
