internal import CLibwebsockets
internal import Glibc

/// The C side of a running loop: a libuv loop, its wake-up, tick and pause handles, and the lws context on it.
///
/// Made, used and destroyed on the loop's thread, except `wake`. `@safe`: the pointers are private, live from `init` to
/// `destroy`, and the class is reachable only through `EventLoop.engine`.
@safe final class LoopEngine {
    private let uv: UnsafeMutablePointer<uv_loop_t>
    private let wakeHandle: UnsafeMutablePointer<uv_async_t>
    private let tickHandle: UnsafeMutablePointer<uv_timer_t>
    private let pauseHandle: UnsafeMutablePointer<uv_timer_t>
    private let context: UnsafeMutablePointer<amphi_context>
    /// lws's own eventfd, see `destroy`.
    private let eventPipe: UnsafeMutablePointer<uv_handle_t>?
    private var whenEmpty: (() -> Void)?

    var plainHost: OpaquePointer { unsafe context.pointee.plain }
    /// Nil without a certificate.
    var tlsHost: OpaquePointer? { unsafe context.pointee.tls }

    /// Why the loop cannot run; `destroy` it then.
    let failure: WebServerError?

    /// On the thread that will be the loop's.
    init(loop: EventLoop, configuration: WebServerConfiguration) {
        let tls = configuration.tls
        unsafe uv = .allocate(capacity: 1)
        unsafe wakeHandle = .allocate(capacity: 1)
        unsafe tickHandle = .allocate(capacity: 1)
        unsafe pauseHandle = .allocate(capacity: 1)
        unsafe uv_loop_init(uv)
        let user = unsafe Unmanaged.passUnretained(loop).toOpaque()
        unsafe uv_async_init(uv, wakeHandle) { handle in
            guard let user = unsafe handle?.pointee.data else { return }
            unsafe Unmanaged<EventLoop>.fromOpaque(user).takeUnretainedValue().executor.drain()
        }
        unsafe uv_timer_init(uv, tickHandle)
        unsafe uv_timer_init(uv, pauseHandle)
        unsafe wakeHandle.pointee.data = user
        unsafe tickHandle.pointee.data = user
        unsafe pauseHandle.pointee.data = user
        unsafe context = Self.makeContext(uv, user, configuration)
        unsafe eventPipe = amphi_event_pipe(uv)
        if unsafe context.pointee.plain == nil {
            failure = .loop("libwebsockets made no context")
        } else if unsafe tls != nil && context.pointee.tls == nil {
            failure = .certificate
        } else {
            failure = nil
        }
    }

    private static func makeContext(
        _ uv: UnsafeMutablePointer<uv_loop_t>, _ user: UnsafeMutableRawPointer, _ configuration: WebServerConfiguration
    ) -> UnsafeMutablePointer<amphi_context> {
        var options = unsafe amphi_context_options()
        unsafe options.callback = lwsCallback
        unsafe options.loop = uv
        unsafe options.user = user
        unsafe options.rx_buffer_bytes = UInt32(configuration.receiveBufferBytes)
        // `TLSBridge` keeps this time itself; lws's own clock shall not be the faster one.
        let (seconds, _) = configuration.headTimeout.components
        unsafe options.tls_accept_seconds = UInt32(clamping: seconds + 1)
        let tls = configuration.tls
        // lws reads these while it makes the virtual host, and not later.
        let certificate = unsafe tls.flatMap { unsafe strdup($0.certificatePath) }
        let key = unsafe tls.flatMap { unsafe strdup($0.keyPath) }
        defer {
            unsafe free(certificate)
            unsafe free(key)
        }
        unsafe options.certificate_path = unsafe UnsafePointer(certificate)
        unsafe options.private_key_path = unsafe UnsafePointer(key)
        return unsafe amphi_context_create(&options)
    }

    /// From here on new connections get what stands in the files; they are the same as at the start, and usable.
    func reloadCertificate(_ tls: WebServerConfiguration.TLS) {
        unsafe amphi_reload_certificate(context, tls.certificatePath, tls.keyPath)
    }

    // MARK: Running

    /// Returns after `stop`.
    func run() { unsafe uv_run(uv, UV_RUN_DEFAULT) }

    func stop() { unsafe uv_stop(uv) }

    /// From any thread; the executor calls it under its lock, and not after `close`.
    var wake: @Sendable () -> Void {
        let bits = unsafe UInt(bitPattern: wakeHandle)
        return { unsafe uv_async_send(UnsafeMutablePointer<uv_async_t>(bitPattern: bits)) }
    }

    func startTicking() {
        unsafe uv_update_time(uv)
        unsafe uv_timer_start(
            tickHandle,
            { handle in
                guard let user = unsafe handle?.pointee.data else { return }
                let loop = unsafe Unmanaged<EventLoop>.fromOpaque(user).takeUnretainedValue()
                loop.assumeIsolated { $0.fireTimers() }
            }, LoopTick.milliseconds, LoopTick.milliseconds)
    }

    func stopTicking() { unsafe uv_timer_stop(tickHandle) }

    func startPause(milliseconds: UInt64) {
        unsafe uv_update_time(uv)
        unsafe uv_timer_start(
            pauseHandle,
            { handle in
                guard let user = unsafe handle?.pointee.data else { return }
                let loop = unsafe Unmanaged<EventLoop>.fromOpaque(user).takeUnretainedValue()
                loop.assumeIsolated { $0.endPause() }
            }, milliseconds, 0)
    }

    // MARK: Ending

    /// `body` runs when the last connection is gone; at once when there is none.
    func notifyWhenEmpty(on loop: isolated EventLoop, _ body: @escaping () -> Void) {
        if loop.peers.isEmpty { return body() }
        whenEmpty = body
    }

    func becameEmpty(on loop: isolated EventLoop) {
        whenEmpty?()
        whenEmpty = nil
    }

    /// After `run` has returned and the executor is closed. Connections that are left are closed, and say so.
    ///
    /// lws closes its libuv handles asynchronously: the first destroy starts that, the loop then runs until nothing is
    /// left of them, the second destroy frees the context ("foreign loops", lws READMEs/README.event-loops-intro.md).
    ///
    /// lws 4.1.6 closes its event pipe twice: at once in `lws_destroy_event_pipe`, and again when libuv reports its
    /// handle as closed. In between another thread may be given the number. So it is taken in between, for the second
    /// close; if somebody was faster, lws is not told, and its memory is left to the end of the process.
    ///
    /// A context that could not be completed (a certificate that lws cannot use) is not destroyed at all: lws has freed
    /// part of the failed virtual host, and libuv's report of its closing handles would meet that memory. The process
    /// is about to end with the error.
    func destroy() {
        whenEmpty = nil
        if failure != nil { return }
        let pipe = unsafe amphi_descriptor(eventPipe)
        let placeholder = amphi_event_descriptor()
        unsafe lws_context_destroy(context.pointee.context)
        let taken = fcntl(placeholder, F_DUPFD_CLOEXEC, pipe)
        closeDescriptor(placeholder)
        guard taken == pipe else {
            closeDescriptor(taken)
            if let eventPipe = unsafe eventPipe { unsafe amphi_forget_close_callback(eventPipe) }
            // Each turn closes what is closing; what is left are lws's own idle handle and timer.
            for _ in 0..<3 { unsafe uv_run(uv, UV_RUN_NOWAIT) }
            return
        }
        unsafe uv_close(UnsafeMutableRawPointer(wakeHandle).assumingMemoryBound(to: uv_handle_t.self), nil)
        unsafe uv_close(UnsafeMutableRawPointer(tickHandle).assumingMemoryBound(to: uv_handle_t.self), nil)
        unsafe uv_close(UnsafeMutableRawPointer(pauseHandle).assumingMemoryBound(to: uv_handle_t.self), nil)
        unsafe uv_run(uv, UV_RUN_DEFAULT)
        unsafe lws_context_destroy(context.pointee.context)
        unsafe uv_run(uv, UV_RUN_DEFAULT)
        let status = unsafe uv_loop_close(uv)
        precondition(status == 0, "the libuv loop still has open handles")
        unsafe amphi_context_free(context)
        unsafe uv.deallocate()
        unsafe wakeHandle.deallocate()
        unsafe tickHandle.deallocate()
        unsafe pauseHandle.deallocate()
    }
}

func closeDescriptor(_ fd: Int32) { _ = close(fd) }
