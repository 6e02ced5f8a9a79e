/// Where a command came from, so that its reply finds the way back.
struct CommandOrigin: Sendable, Equatable {
    let socket: UInt64
    let loop: Int
    let ref: Int64
    /// The size of the command's frame.
    let bytes: Int
}
