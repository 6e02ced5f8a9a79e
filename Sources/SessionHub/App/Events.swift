extension EventReader {
    /// The hub's kinds of event: here a feature's are wired in.
    static let hub = EventReader(
        EventKind.chat + EventKind.sessions + EventKind.moderation + EventKind.cohosts + EventKind.guests
            + EventKind.hands + EventKind.materials)
}
