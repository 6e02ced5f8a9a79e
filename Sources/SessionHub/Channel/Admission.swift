/// A person whom the store has let into a session's channel (`ClassRegister.admit`).
struct Admission: Sendable {
    /// The person with the role and the name that the Directory has.
    let caller: Caller
    let entry: Presence.Entry
    let isLive: Bool
    /// When the class ended, by the steady clock; nil while it has not.
    let classEnd: Timestamp?
}
