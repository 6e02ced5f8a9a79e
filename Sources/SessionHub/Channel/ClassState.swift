package import StrictJSON

/// A class as one person's welcome shows it, as of exactly `seq`.
package struct ClassState: Sendable {
    package let seq: Int64
    package let entry: Presence.Entry
    /// The welcome's `session`.
    package let session: JSONObject

    package init(seq: Int64, entry: Presence.Entry, session: JSONObject) {
        self.seq = seq
        self.entry = entry
        self.session = session
    }
}
