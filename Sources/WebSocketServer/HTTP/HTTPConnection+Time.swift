/// What a connection waits for, and for how long.
extension HTTPConnection {
    /// Until the client is silent, for a slow one sends for a while before it looks at the answer; not for ever. The
    /// end is looked at here and not left to the timer: one that is set anew with every byte never comes.
    ///
    /// - Returns: false when the connection has lingered long enough.
    func linger(on loop: isolated EventLoop) -> Bool {
        guard loop.elapsed < lingerEnd else { return false }
        expect(within: core.configuration.lingerTimeout, on: loop)
        return true
    }

    /// One timer for whatever the connection waits for.
    func expect(within timeout: Duration, on loop: isolated EventLoop) {
        timer?.cancel()
        timer = loop.schedule(after: timeout) { [weak self] in self?.timedOut(on: loop) }
    }

    func timedOut(on loop: isolated EventLoop) {
        switch phase {
        case .head where !input.isEmpty: answer(.timedOut, nil, closes: true, on: loop)
        case .body:
            guard let left = bodyTimeLeft(at: loop.elapsed) else { return refuseBody(.timedOut, on: loop) }
            expect(within: left, on: loop)
        case .responding:
            // A slow reader that reads is given more time.
            let taken = (lease.transport?.wsi ?? wsi)?.progress?.acknowledged ?? 0
            guard taken > acknowledged else {
                wsi?.kill()
                return
            }
            acknowledged = taken
            expect(within: core.configuration.writeTimeout, on: loop)
        case .head, .handling, .lingering: wsi?.kill()
        }
    }
}
