/// What members may write in a chat that is on. Hosts always may.
enum ChatMode: String, Sendable, CaseIterable {
    case open
    /// Questions only.
    case questions
    case locked
}
