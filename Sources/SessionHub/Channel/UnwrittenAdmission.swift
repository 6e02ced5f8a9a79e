/// Admission while the store cannot be written. The rights are read, the place is decided by what is known, and what a
/// hello otherwise writes is owed to the store.
struct UnwrittenAdmission: Sendable {
    /// The places of a class, and the people who hold one by REST alone. Those on the channel are in the session's
    /// presence.
    struct Places: Sendable {
        let count: Int64
        let takenOverREST: Set<Int64>
    }

    let admission: Admission
    /// The places of the class; nil when it is over and nobody needs one.
    let places: Places?

    /// Throws `session_full` by the same rule as `ClassRegister.admit`. Presence is ahead of the rows: it knows who
    /// came and went since they were written.
    func requirePlace(beside presence: Presence) throws(HubError) {
        guard let places, !admission.entry.isHost else { return }
        let seated = presence.seated.union(places.takenOverREST)
        guard seated.contains(admission.caller.userID) || seated.count < places.count else {
            throw HubError(.sessionFull)
        }
    }
}
