/// Admission while the store cannot be written: the rights are read, the place is decided on what is known, and what a
/// hello otherwise writes is owed to the store.
package struct UnwrittenAdmission: Sendable {
    /// The places of a class, and who holds one by REST alone; those on the channel are in the session's presence.
    package struct Places: Sendable {
        package let count: Int64
        package let takenOverREST: Set<Int64>

        package init(count: Int64, takenOverREST: Set<Int64>) {
            self.count = count
            self.takenOverREST = takenOverREST
        }
    }

    package let admission: Admission
    /// Nil when no place is needed: the class is over.
    package let places: Places?

    package init(admission: Admission, places: Places?) {
        self.admission = admission
        self.places = places
    }

    /// The same rule as in `ClassRegister.admit`. Presence is ahead of the rows: it knows who came and went since.
    func requirePlace(beside presence: Presence) throws(HubError) {
        guard let places, !admission.entry.isHost else { return }
        let seated = presence.seated.union(places.takenOverREST)
        guard seated.contains(admission.caller.userID) || seated.count < places.count else {
            throw HubError(.sessionFull)
        }
    }
}
