import StrictJSON

/// Joining and leaving over REST, inside the writer's transaction.
struct ParticipantOperations: Sendable {
    private let windows: ClassWindows
    private let address: PublicAddress

    init(windows: ClassWindows, address: PublicAddress) {
        self.windows = windows
        self.address = address
    }

    /// Takes a seat for the caller, who is a member.
    ///
    /// - Parameters:
    ///   - access: what the caller is to the class, as of this transaction.
    ///   - fields: may have an `enrollment_id`, which must be the caller's in this course.
    ///
    /// Throws `session_not_started` with `starts_at` and `channel_url`, `session_over`, `session_cancelled`,
    /// `session_full`.
    func join(
        _ access: SessionAccess, fields: Fields, caller: Caller, in transaction: JournalTransaction
    ) throws {
        try admit(access, now: transaction.now)
        if let enrollment = try fields.integer("enrollment_id"), enrollment != access.enrollmentID {
            throw HubError.invalid(
                fields.path("enrollment_id"),
                Localized(
                    en: "This is not your enrollment in this course.",
                    fr: "Ce n’est pas votre inscription à ce cours."
                )
            )
        }
        if access.sanctions.isRemoved {
            try ModerationStore.welcomeBack(
                caller.userID, to: access.session.id, connection: transaction.connection
            )
        }
        try AttendanceStore.seat(
            session: access.session, access: access, source: .rest, now: access.session.time(at: transaction.moment),
            in: transaction.connection
        )
    }

    /// The rule of join and of the Jitsi token; a refusal before the start says where to wait.
    func admit(_ access: SessionAccess, now: Timestamp) throws(HubError) {
        do {
            try SessionLifecycle.join(access.session, isHost: access.isHost, now: now, windows: windows)
        } catch {
            var refusal = error
            if error.code == .sessionNotStarted {
                refusal.details["channel_url"] = .string(address.channel(access.session.id))
            }
            throw refusal
        }
    }

    /// Ends what `join` began, also for somebody whose enrollment has ended in the meantime. A second call changes
    /// nothing.
    ///
    /// - Returns: the caller as a participant. Throws `not_found` for somebody who never joined.
    func leave(
        _ access: SessionAccess, caller: Caller, in transaction: JournalTransaction
    ) throws -> Participant {
        let (id, connection) = (access.session.id, transaction.connection)
        try AttendanceStore.leave(
            session: id, user: caller.userID, at: access.session.time(at: transaction.moment), in: connection
        )
        guard let participant = try ParticipantStore.find(session: id, user: caller.userID, in: connection) else {
            throw HubError(
                .notFound,
                Localized(en: "You have not joined this class.", fr: "Vous n’avez pas rejoint cette classe.")
            )
        }
        return participant
    }
}
