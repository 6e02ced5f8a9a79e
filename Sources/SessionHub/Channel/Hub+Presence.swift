import WebSocketServer

/// Who is here, for those who ask from outside of the channel.
extension Hub {
    /// The session's presence as its home loop has it now. It is empty when nobody is there.
    func presence(of session: Int64) async -> PresenceView {
        await withCheckedContinuation { continuation in
            on(home(of: session).index) { station, _ in
                continuation.resume(returning: station.channels[session]?.presence.upToDate ?? PresenceView())
            }
        }
    }
}
