/// A place on a channel that outlived a restart of the hub, or that is at another hub.
struct KeptPlace: Sendable {
    let session: Int64
    let entry: Presence.Entry
    /// The place of the raised hand; nil when it is down.
    let hand: Int64?
    /// The other hub that keeps it; nil for this one.
    var node: String?
}
