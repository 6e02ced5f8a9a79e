extension EventLoop {
    /// Since the loop was made; monotonic.
    package var elapsed: Duration { clock.now - origin }
}
