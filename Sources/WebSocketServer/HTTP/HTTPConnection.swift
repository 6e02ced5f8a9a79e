import HTTPTypes

/// One connection that speaks HTTP/1.1: reads requests one after the other, answers each before it reads the next, and
/// hands its socket over when one becomes a WebSocket.
///
/// lws carries the bytes (a raw socket); its own HTTP/1 parser is not used, since it decodes `%2F` before anybody could
/// split the path, closes on bad requests without an answer, and spins while a handler is awaited.
final class HTTPConnection: Peer {
    enum Phase {
        case head
        /// `incoming` is on its way.
        case body
        /// The handler of this request id runs.
        case handling(String)
        case responding
        /// The answer is out and the end of the connection announced; what still comes is thrown away.
        case lingering
    }

    let core: ServerCore
    let lease: ConnectionLease
    var phase = Phase.head
    private var parser: RequestHeadParser
    /// What was read and not used yet.
    var input: [UInt8] = []
    /// Set while `phase` is `body`.
    var incoming: IncomingBody?
    private var output: [UInt8] = []
    private var written = 0
    /// Holds the bytes of a large answer in the budget until it is read.
    private var answerPart: BodyBudget.Part?
    /// Bytes that the client had taken when a write timeout last looked.
    var acknowledged: UInt64 = 0
    var closesAfterResponse = false
    var isRetiring = false
    var timer: LoopTimer?
    /// When a client that does not stop sending has been listened to for long enough.
    var lingerEnd: Duration = .zero
    private var task: Task<Void, Never>?

    init(lease: ConnectionLease, core: ServerCore, on loop: isolated EventLoop) {
        self.core = core
        self.lease = lease
        parser = RequestHeadParser(maxBytes: core.configuration.maxHeadBytes)
        super.init(on: loop)
    }

    override func opened(on loop: isolated EventLoop) -> Bool {
        core.idle.add(name(on: loop))
        expect(within: core.configuration.headTimeout, on: loop)
        return true
    }

    override func ended(on loop: isolated EventLoop) {
        core.idle.remove(name(on: loop))
        timer?.cancel()
        task?.cancel()
        task = nil
        incoming = nil
        answerPart = nil
        lease.endUnlessMoved(on: loop)
    }

    /// By this name `ServerCore.idle` knows it.
    func name(on loop: isolated EventLoop) -> IdleConnections.Name {
        IdleConnections.Name(loop: loop.index, peer: id)
    }

    /// The server needs the place: at once, or after the answer that is under way by now.
    override func evict(on loop: isolated EventLoop) {
        switch phase {
        case .head, .lingering: (lease.transport?.wsi ?? wsi)?.kill()
        case .body where incoming?.isOfStranger == true: (lease.transport?.wsi ?? wsi)?.kill()
        case .body, .handling, .responding: isRetiring = true
        }
    }

    override func retire(on loop: isolated EventLoop) {
        isRetiring = true
        if case .head = phase, input.isEmpty { wsi?.kill() }
    }

    // MARK: Reading

    override func received(_ bytes: [UInt8], on loop: isolated EventLoop) -> Bool {
        core.counters.received(bytes.count)
        if case .lingering = phase { return linger(on: loop) }
        let wasIdle = input.isEmpty
        input.append(contentsOf: bytes)
        if case .head = phase, wasIdle { expect(within: core.configuration.headTimeout, on: loop) }
        return advance(on: loop)
    }

    /// Uses as much of the input as it can. False: close.
    private func advance(on loop: isolated EventLoop) -> Bool {
        while wsi != nil {
            switch phase {
            case .head:
                guard !input.isEmpty else { return wantMore() }
                switch parser.parse(input) {
                case .needsMore: return wantMore()
                case .fault(let fault): answer(fault, nil, closes: true, on: loop)
                case .head(let head, let count):
                    input.removeFirst(count)
                    parser = RequestHeadParser(maxBytes: core.configuration.maxHeadBytes)
                    guard begin(head, on: loop) else { return false }
                }
            case .body:
                guard readBody(on: loop) else { return wantMore() }
            case .handling, .responding, .lingering: return true
            }
        }
        return true
    }

    /// Everything that came is used.
    private func wantMore() -> Bool {
        lease.transport?.wantsMore()
        return true
    }

    /// A head is complete. False: the socket was handed over.
    private func begin(_ head: RequestHead, on loop: isolated EventLoop) -> Bool {
        core.counters.requested()
        core.idle.remove(name(on: loop))
        var request: Request
        do throws(HTTPFault) {
            request = try makeRequest(head)
            core.router.identify(&request)
            core.router.takeBasePath(off: &request)
        } catch {
            answer(error, nil, closes: true, on: loop)
            return true
        }
        if head.wantsWebSocket, let (decide, parameters) = core.router.upgrade(for: request.segments) {
            request.parameters = parameters
            return upgrade(head, request, decide, on: loop)
        }
        let (resolution, parameters) = core.router.resolve(request.method, request.segments)
        request.parameters = parameters
        expectBody(head, request, resolution, on: loop)
        return true
    }

    private func makeRequest(_ head: RequestHead) throws(HTTPFault) -> Request {
        let target = try RequestTarget(head.target)
        return Request(
            method: head.method, path: target.path, segments: target.segments, query: target.query,
            headers: head.headers,
            remoteAddress: lease.remoteAddress, isSecure: lease.isSecure)
    }

    // MARK: Answering

    /// - Parameter part: holds the body's bytes in the budget until the handler is done with them.
    func run(
        _ request: Request, _ resolution: Router.Resolution, _ head: RequestHead, _ part: BodyBudget.Part?,
        on loop: isolated EventLoop
    ) {
        closesAfterResponse = !head.keepsAlive
        let encoder = makeEncoder(for: head.method, confirmsKeepAlive: head.minorVersion == 0)
        switch resolution {
        case .fault(let fault): send(core.response(to: fault, request), request, encoder, on: loop)
        case .handler(let handler, _):
            phase = .handling(request.id)
            timer?.cancel()
            setReading(false)
            let connection = LoopBound(self, on: loop)
            task = Task.detached {
                let response = await handler(request)
                withExtendedLifetime(part) {}
                connection.loop.execute { loop in
                    connection.get(on: loop).handled(request, resolution, response, encoder, on: loop)
                }
            }
        }
    }

    /// The handler's response; dropped when the connection is gone.
    private func handled(
        _ request: Request, _ resolution: Router.Resolution, _ response: Response, _ encoder: ResponseEncoder,
        on loop: isolated EventLoop
    ) {
        guard case .handling(request.id) = phase, wsi != nil else { return }
        task = nil
        if hold(response, for: request, resolution) {
            send(response, request, encoder, on: loop)
        } else {
            answer(.answersInTheWay, request, closes: true, on: loop)
        }
        if !advance(on: loop) { wsi?.kill() }
    }

    /// Takes room for a large answer: a client that asks and does not read must not fill the memory. False when there
    /// is none.
    private func hold(_ response: Response, for request: Request, _ resolution: Router.Resolution) -> Bool {
        let count = response.body.bytes.count
        guard count > BodyBudget.small else { return true }
        // Of a request without a body nobody has asked yet whose it is.
        var request = request
        if request.holder == nil { _ = resolution.body.checkHead?(&request) }
        let holder = request.holder.map(BodyBudget.Holder.known) ?? request.source.map(BodyBudget.Holder.address)
        let part = core.answers.part(.large, of: holder, largest: count)
        guard part.grow(to: count) else { return false }
        answerPart = part
        return true
    }

    /// The server's own answer.
    func answer(_ fault: HTTPFault, _ request: Request?, closes: Bool, on loop: isolated EventLoop) {
        closesAfterResponse = closes
        send(core.response(to: fault, request), request, makeEncoder(for: request?.method), on: loop)
    }

    /// A response after which the connection ends.
    func refuse(_ response: Response, _ request: Request, on loop: isolated EventLoop) {
        closesAfterResponse = true
        send(response, request, makeEncoder(for: request.method), on: loop)
    }

    func makeEncoder(for method: HTTPRequest.Method?, confirmsKeepAlive: Bool = false) -> ResponseEncoder {
        ResponseEncoder(
            closes: closesAfterResponse, confirmsKeepAlive: confirmsKeepAlive, omitsBody: method == .head,
            date: HTTPDate.now())
    }

    func send(
        _ response: Response, _ request: Request?, _ encoder: ResponseEncoder, on loop: isolated EventLoop
    ) {
        var response = response
        core.router.finish(request, &response)
        var encoder = encoder
        if isRetiring { closesAfterResponse = true }
        encoder.closes = closesAfterResponse
        output = encoder.encode(response)
        written = 0
        phase = .responding
        // lws would spin on input that it may not deliver.
        setReading(false)
        expect(within: core.configuration.writeTimeout, on: loop)
        flush(on: loop)
    }

    /// Bytes given to lws at once, and per turn of the loop.
    private static let chunk = 64 * 1024
    private static let turn = 256 * 1024

    private func flush(on loop: isolated EventLoop) {
        guard let wsi, case .responding = phase else { return }
        let limit = min(output.count, written + Self.turn)
        while written < limit, !wsi.isBlocked {
            let end = min(limit, written + Self.chunk)
            // Before the last byte is out, not behind it: who has read an answer and comes again finds its old place
            // free.
            if end == output.count { core.idle.add(name(on: loop)) }
            guard wsi.write(output[written..<end]) else { return wsi.kill() }
            core.counters.sent(end - written)
            written = end
        }
        if written == output.count, !wsi.isBlocked { return responded(on: loop) }
        core.idle.remove(name(on: loop))
        wsi.askForWritable()
    }

    override func writable(on loop: isolated EventLoop) -> Bool {
        guard case .responding = phase else { return true }
        expect(within: core.configuration.writeTimeout, on: loop)
        flush(on: loop)
        return advance(on: loop)
    }

    private func responded(on loop: isolated EventLoop) {
        output = []
        answerPart = nil
        if closesAfterResponse || isRetiring {
            // Closing at once would send a reset when the client is still writing, and the reset may overtake the
            // answer.
            phase = .lingering
            input = []
            wsi?.shutdownWriting()
            lingerEnd = loop.elapsed + core.configuration.bodyTimeout
            expect(within: core.configuration.lingerTimeout, on: loop)
        } else {
            phase = .head
            let timeout = input.isEmpty ? core.configuration.keepAliveTimeout : core.configuration.headTimeout
            expect(within: timeout, on: loop)
        }
        core.idle.add(name(on: loop))
        setReading(true)
    }
}
