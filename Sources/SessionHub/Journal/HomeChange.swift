import StrictJSON

/// A change of what a class shows beside its events: whose hand is up, how many votes a question has, who has come at
/// which node. It is made at the class's home after the commit, in the order of commits, at every hub of the database.
///
/// It says what is so from now on, and not what has happened, so that it does no harm where it is known already. The
/// feature that names a change says what it does (`ChannelAPI.home`).
package struct HomeChange: Sendable, Equatable {
    let session: Int64
    let name: String
    /// What the change says: ids, numbers and words, no names of people and no texts.
    let values: [JSON]
    /// The id of the person whom the change shows; nil when it shows nobody.
    let subject: Int64?
    /// The same person. Other hubs read them anew.
    var person: Person?

    init(_ name: String, in session: Int64, _ values: [JSON] = [], showing person: Person? = nil) {
        self.init(name, in: session, values, subject: person?.id)
        self.person = person
    }

    init(_ name: String, in session: Int64, _ values: [JSON], subject: Int64?) {
        self.session = session
        self.name = name
        self.values = values
        self.subject = subject
    }

    /// The integer at this place of the values; nil when there is none.
    func integer(_ index: Int) -> Int64? { index < values.count ? values[index].integerValue : nil }

    func text(_ index: Int) -> String? { index < values.count ? values[index].stringValue : nil }
}
