/// What may be done with a class in which state and when: pure rules, without I/O and without a clock.
///
///     scheduled --start--> live --end--> ended
///         |                 ^------reopen--/
///         \--cancel--> cancelled
///
/// Every function returns silently or throws the refusal that REST and the channel both answer.
enum SessionLifecycle {
    /// A scheduled class may be started as early as the host likes, until `lateStart` after its scheduled end.
    static func start(
        _ status: LiveSession.Status, now: Timestamp, scheduledEnd: Timestamp, windows: ClassWindows
    ) throws(HubError) {
        switch status {
        case .scheduled:
            guard now <= scheduledEnd + windows.lateStart else {
                throw HubError(
                    .sessionOver,
                    Localized(
                        en: "It is too late to start this class: schedule a new one.",
                        fr: "Il est trop tard pour démarrer cette classe : planifiez-en une nouvelle."
                    )
                )
            }
        case .live: throw HubError(.alreadyLive)
        case .ended: throw HubError(.sessionOver)
        case .cancelled: throw HubError(.sessionCancelled)
        }
    }

    /// Only a live class may be ended.
    static func end(_ status: LiveSession.Status) throws(HubError) {
        switch status {
        case .live: return
        case .scheduled: throw HubError(.notLive)
        case .ended: throw HubError(.sessionOver)
        case .cancelled: throw HubError(.sessionCancelled)
        }
    }

    /// An ended class may be reopened, until `reopening` after it was ended.
    ///
    /// - Parameter endedAt: when the class was ended. That is later than its `actual_end_at` when it ended by itself.
    static func reopen(
        _ status: LiveSession.Status, endedAt: Timestamp?, now: Timestamp, windows: ClassWindows
    ) throws(HubError) {
        switch status {
        case .ended:
            guard let endedAt, now <= reopeningEnd(endedAt, windows: windows) else {
                throw HubError(
                    .sessionOver,
                    Localized(
                        en: "It is too late to reopen this class: schedule a new one.",
                        fr: "Il est trop tard pour rouvrir cette classe : planifiez-en une nouvelle."
                    )
                )
            }
        case .live: throw HubError(.alreadyLive)
        case .scheduled: throw HubError(.notLive)
        case .cancelled: throw HubError(.sessionCancelled)
        }
    }

    /// The last moment at which a class that was ended at `endedAt` may be reopened.
    static func reopeningEnd(_ endedAt: Timestamp, windows: ClassWindows) -> Timestamp {
        endedAt + windows.reopening
    }

    /// Only a scheduled class may be called off: a live one is ended instead.
    static func cancel(_ status: LiveSession.Status) throws(HubError) {
        switch status {
        case .scheduled: return
        case .live:
            throw HubError(
                .alreadyLive,
                Localized(
                    en: "The class is live: end it instead of cancelling it.",
                    fr: "La classe est en cours : terminez-la au lieu de l’annuler."
                )
            )
        case .ended: throw HubError(.sessionOver)
        case .cancelled: throw HubError(.sessionCancelled)
        }
    }

    /// Any class but a live one may be deleted.
    static func delete(_ status: LiveSession.Status) throws(HubError) {
        guard status != .live else {
            throw HubError(
                .alreadyLive,
                Localized(
                    en: "The class is live: end it before you delete it.",
                    fr: "La classe est en cours : terminez-la avant de la supprimer."
                )
            )
        }
    }

    /// The fields that a host may change in a state. A value sent again as it is stored is no change.
    static func editable(_ status: LiveSession.Status) -> Set<SessionDetails.Field> {
        switch status {
        case .scheduled: Set(SessionDetails.Field.allCases)
        case .live:
            [
                .title, .description, .thumbnailURL, .maxParticipants, .scheduledEnd, .isChatEnabled,
                .isRecordingEnabled, .instructorID, .chatMode, .slowModeSeconds, .needsApproval, .isAnonymousAllowed,
            ]
        // People may still talk for a while.
        case .ended:
            [.title, .description, .recordingURL, .chatMode, .slowModeSeconds, .needsApproval, .isAnonymousAllowed]
        case .cancelled: []
        }
    }

    /// Refuses an update that touches a field which the state keeps fixed, and dates that contradict each other.
    ///
    /// - Parameter details: the row as it would be afterwards: both dates are checked together, whichever was sent.
    static func update(
        _ status: LiveSession.Status, changed: [SessionDetails.Field], to details: SessionDetails
    ) throws(HubError) {
        if status == .cancelled { throw HubError(.sessionCancelled) }
        let allowed = editable(status)
        if let fixed = changed.first(where: { !allowed.contains($0) }) {
            throw HubError(
                status == .live ? .alreadyLive : .sessionOver, field: fixed.rawValue,
                status == .live
                    ? Localized(
                        en: "\(fixed.rawValue) cannot be changed while the class is live.",
                        fr: "\(fixed.rawValue) ne peut pas changer pendant la classe."
                    )
                    : Localized(
                        en: "\(fixed.rawValue) cannot be changed after the class.",
                        fr: "\(fixed.rawValue) ne peut pas changer après la classe."
                    )
            )
        }
        try details.checkDates()
    }
}
