extension EventLoop {
    /// The body of the loop's thread: returns when `stop` was called and everything is freed. `started` hears once
    /// whether the loop runs.
    nonisolated func runThread(core: ServerCore, started: @Sendable (WebServerError?) -> Void) {
        let configuration = core.configuration
        executor.enter()
        let failure = assumeIsolated { loop in
            let engine = LoopEngine(loop: loop, configuration: configuration)
            loop.engine = engine
            return engine.failure
        }
        if failure == nil {
            assumeIsolated { loop in
                guard let engine = loop.engine else { return }
                loop.executor.open(wake: engine.wake)
                if !loop.timers.isEmpty { engine.startTicking() }
            }
            started(nil)
            assumeIsolated { $0.engine?.run() }
        } else {
            started(failure)
        }
        executor.close()
        assumeIsolated { loop in
            loop.engine?.destroy()
            loop.engine = nil
        }
        executor.leave()
    }

    /// A socket from the acceptor; `key`: under which its address counts it.
    func welcome(_ fd: Int32, from address: String, counted key: AddressKey?, isSecure: Bool, core: ServerCore) {
        let lease = ConnectionLease(remoteAddress: address, countedAs: key, isSecure: isSecure, core: core)
        if isSecure {
            _ = adoptStream(fd, as: TLSBridge(lease: lease, core: core, on: self), tls: true)
        } else {
            _ = adoptStream(fd, as: HTTPConnection(lease: lease, core: core, on: self))
        }
    }

    func reloadCertificate(_ tls: WebServerConfiguration.TLS) { engine?.reloadCertificate(tls) }

    /// Asks every connection to finish; `done` runs when none is left.
    func retireAll(_ done: @escaping @Sendable () -> Void) {
        guard let engine else { return done() }
        for peer in Array(peers.values) { peer.retire(on: self) }
        engine.notifyWhenEmpty(on: self, done)
    }

    /// Drops the connections that are left; then the thread's loop returns.
    func stop() {
        guard let engine else { return }
        for peer in peers.values { peer.wsi?.kill() }
        engine.notifyWhenEmpty(on: self) { engine.stop() }
        // Whatever is left then, `LoopEngine.destroy` closes.
        _ = schedule(after: .seconds(1)) { engine.stop() }
    }
}
