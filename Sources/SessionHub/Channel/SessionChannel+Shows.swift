import WebSocketServer

/// What commits change of what the class shows beside its events.
extension SessionChannel: ClassHome {
    func show(_ change: HomeChange, on loop: isolated EventLoop) {
        change.make(self)
        tickSoon(on: loop)
    }
}

extension JournalTransaction {
    /// Changes what the session shows, after the commit and in the order of commits. It is lost where nobody is there
    /// to see it: whoever comes first begins without.
    ///
    /// - Parameter change: says what is so from now on, and not what has happened, so that it does no harm where it is
    ///   known already. It runs on the session's home loop.
    func show(in session: Int64, _ change: @escaping @Sendable (SessionChannel) -> Void) {
        changeHome(
            HomeChange(session: session) { home in
                guard let channel = home as? SessionChannel else { preconditionFailure("another home of a class") }
                change(channel)
            })
    }
}
