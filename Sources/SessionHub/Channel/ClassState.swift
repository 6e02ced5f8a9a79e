import StrictJSON

/// A class as one person's welcome shows it, as of exactly `seq`.
struct ClassState: Sendable {
    let seq: Int64
    let entry: Presence.Entry
    /// Whether the person is a host because they teach the course, or administer.
    let isTeacher: Bool
    /// The welcome's `session`.
    let session: JSONObject
    /// Further members of the welcome's `me`.
    var me = JSONObject([])
    /// Further members of the welcome itself.
    var members = JSONObject([])
    /// Further ones that are encoded already.
    var encodedMembers: [ServerMessage.Member] = []
}
