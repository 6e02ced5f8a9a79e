/// A place on a channel that outlived a restart of the hub.
package struct KeptPlace: Sendable {
    package let session: Int64
    package let entry: Presence.Entry

    package init(session: Int64, entry: Presence.Entry) {
        self.session = session
        self.entry = entry
    }
}
