/// A person whom the store has let into a session's channel (`ClassRegister.admit`).
package struct Admission: Sendable {
    /// The person with the role and the name that the Directory has.
    package let caller: Caller
    package let entry: Presence.Entry
    /// When the class ended, by the steady clock; nil while it has not.
    package let classEnd: Timestamp?

    package init(caller: Caller, entry: Presence.Entry, classEnd: Timestamp?) {
        self.caller = caller
        self.entry = entry
        self.classEnd = classEnd
    }
}
