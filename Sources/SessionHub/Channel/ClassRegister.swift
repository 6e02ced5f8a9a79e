package import Database

/// What the channel asks of the class behind it: who somebody is, what the class shows them, and whose place is held.
///
/// The channel knows no feature. `StoredRegister` (Participants) answers from the tables of people, classes and seats,
/// and `HubApplication` wires it in. Only `caller` runs on a loop's thread; everything else runs where its connection
/// is. Moments are by the steady clock, unless they are a `HubClock.Moment`.
package protocol ClassRegister: Sendable {
    /// Whom a token proves, with what it says of them. Throws `unauthenticated`, `token_expired`.
    func caller(from token: String) throws(HubError) -> Caller

    /// Refuses a token that counts no more. Throws `token_revoked`, `identity_conflict`.
    func requireValid(_ caller: Caller, in connection: any SQLConnection) throws

    /// The person as the class sees them now. Throws as `requireValid`, `session_not_found`, and `not_enrolled` for
    /// somebody who is no member any more.
    func entry(of caller: Caller, in session: Int64, connection: any SQLConnection) throws -> Presence.Entry

    /// The class as the welcome shows it to this person, who was admitted. Throws as `admit`, but for the place.
    func state(
        of session: Int64, for caller: Caller, at moment: HubClock.Moment, in connection: any SQLConnection
    ) throws -> ClassState

    /// Checks everything and takes a seat, in the writer's transaction; again on each hello, a resume included.
    ///
    /// Nil, with nothing done, when the token says something about its person that must be written into the Directory,
    /// which is not in the transaction's scope.
    ///
    /// Throws `session_not_found` for outsiders, `not_open`, `session_over`, `session_cancelled`, `session_full`,
    /// `token_revoked`, `identity_conflict`.
    func admit(_ caller: Caller, to session: Int64, in transaction: JournalTransaction) throws -> Admission?

    /// The same while nothing can be written; whether there is a place, the channel decides (`UnwrittenAdmission`).
    /// Throws `store_unavailable` for somebody who must be written first.
    func readAdmission(
        of caller: Caller, to session: Int64, in connection: any SQLConnection
    ) throws -> UnwrittenAdmission

    /// Writes what `admit` would have written at `moment`, for somebody who was let in without.
    func writeAdmission(
        of caller: Caller, to session: Int64, at moment: HubClock.Moment, in transaction: JournalTransaction
    ) throws

    /// A reopening: gives those who are here their seats again, as far as they still may be there.
    func seatAgain(_ users: [Int64], in session: Int64, since: Timestamp, connection: any SQLConnection) throws

    /// Somebody's last connection is lost: their attendance is held at `at`, the last sign of life.
    func hold(_ user: Int64, in session: Int64, at: Timestamp, connection: any SQLConnection) throws

    /// Somebody's stay is over: ends their attendance and frees their place. Again changes nothing.
    func depart(_ user: Int64, from session: Int64, at: Timestamp, connection: any SQLConnection) throws

    /// The start of the hub: nobody is connected yet. Holds all attendance where it was last seen.
    ///
    /// - Returns: who had a place on a channel, in classes that are still to come or run.
    func holdAll(in connection: any SQLConnection) throws -> [KeptPlace]

    /// The heartbeat: marks everybody on a channel as seen.
    ///
    /// - Returns: how many that are.
    func beat(at: Timestamp, in connection: any SQLConnection) throws -> Int
}
