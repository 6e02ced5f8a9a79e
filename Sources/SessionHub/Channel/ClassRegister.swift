import Database

/// What the channel asks of the class behind it: who somebody is, what the class shows them, and whose place is held.
///
/// The channel knows no feature. `StoredRegister` (Participants) answers from the tables of people, classes and seats,
/// and `HubApplication` wires it in. Only `caller` runs on a loop's thread; everything else runs where its connection
/// is. Moments are by the steady clock, unless they are a `HubClock.Moment`.
protocol ClassRegister: Sendable {
    /// The person whom a token proves, as the token describes them. Throws `unauthenticated`, `token_expired`.
    func caller(from token: String) throws(HubError) -> Caller

    /// Refuses a token that no longer counts. Throws `token_revoked`, `identity_conflict`.
    func requireValid(_ caller: Caller, in connection: any SQLConnection) throws

    /// The person as the class sees them now. Throws as `requireValid`, `session_not_found`, and `not_enrolled` for
    /// somebody who is no member any more.
    func entry(of caller: Caller, in session: Int64, connection: any SQLConnection) throws -> Presence.Entry

    /// The class as the welcome shows it to this person, who was admitted. Throws as `admit` does, except for a missing
    /// place. What is the same in many welcomes goes through the cache.
    func state(
        of session: Int64, for caller: Caller, at moment: HubClock.Moment, cache: WelcomeCache,
        in connection: any SQLConnection
    ) throws -> ClassState

    /// Checks everything and takes a seat, in the writer's transaction. It is called for each hello, also for a resume.
    ///
    /// Returns nil, with nothing done, when the token says something about its person that must be written into the
    /// Directory and the transaction's scope does not allow that.
    ///
    /// Throws `session_not_found` for outsiders, `not_open`, `session_over`, `session_cancelled`, `session_full`,
    /// `token_revoked`, `identity_conflict`.
    func admit(_ caller: Caller, to session: Int64, in transaction: JournalTransaction) throws -> Admission?

    /// Checks the same while nothing can be written, except for the place, about which the channel decides
    /// (`UnwrittenAdmission`). Throws `store_unavailable` for somebody who must be written first.
    func readAdmission(
        of caller: Caller, to session: Int64, in connection: any SQLConnection
    ) throws -> UnwrittenAdmission

    /// Writes what `admit` would have written at `moment`, for somebody who was let in while nothing could be written.
    func writeAdmission(
        of caller: Caller, to session: Int64, at moment: HubClock.Moment, in transaction: JournalTransaction
    ) throws

    /// Called when a class is reopened: gives those who are here their seats again, as far as they may still be there.
    func seatAgain(_ users: [Int64], in session: Int64, since: Timestamp, connection: any SQLConnection) throws

    /// Called when somebody's last connection at this hub is lost: holds their attendance at `at`, their last sign of
    /// life, unless they are connected at another hub.
    func hold(_ user: Int64, in session: Int64, at: Timestamp, in transaction: JournalTransaction) throws

    /// Called when somebody's stay at this hub is over: ends their attendance, frees their place and lowers their hand,
    /// unless they have a place at another hub. A second call changes nothing.
    func depart(_ user: Int64, from session: Int64, at: Timestamp, in transaction: JournalTransaction) throws

    /// Called at the hub's start, when nobody is connected: holds all attendance where it was last seen.
    ///
    /// - Returns: the people who had a place on a channel, in classes that run or are still to come.
    func holdAll(in connection: any SQLConnection) throws -> [KeptPlace]

    /// Called at one of several hubs, when somebody who is on a channel there is shown otherwise from now on.
    func change(_ entry: Presence.Entry, in session: Int64, _ transaction: JournalTransaction) throws

    /// Called at one of several hubs: takes over the places of one that serves no more, or of this one before its
    /// start. Attendance is held at that hub's newest beat. The other hubs are told.
    ///
    /// - Returns: the places that this hub keeps from now on.
    func takeOver(from node: String, seen: Timestamp, in transaction: JournalTransaction) throws -> [KeptPlace]

    /// Called at one of several hubs, at its start: all places on channels, each with its hub.
    func places(in connection: any SQLConnection) throws -> [KeptPlace]

    /// Called at the start of one of several hubs: gives whoever has a seat and no place one that is left over.
    func adoptSeats(in connection: any SQLConnection) throws

    /// Called at the same time: gives back what the hub had begun in its former life, such as an import.
    func forgetWork(in connection: any SQLConnection) throws

    /// The hubs that do not serve, and of which places are left.
    func orphans(in connection: any SQLConnection) throws -> [String]

    /// Called with the heartbeat: marks everybody on a channel of this hub as seen.
    ///
    /// - Returns: how many people these are.
    func beat(at: Timestamp, in connection: any SQLConnection) throws -> Int
}
