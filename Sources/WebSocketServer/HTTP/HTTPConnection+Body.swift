import HTTPTypes

/// A request whose body is on its way.
final class IncomingBody {
    let head: RequestHead
    let request: Request
    let resolution: Router.Resolution
    var reader: BodyReader
    let part: BodyBudget.Part
    let isOfStranger: Bool
    /// When its head was complete.
    let begin: Duration

    init(
        _ head: RequestHead, _ request: Request, _ resolution: Router.Resolution, _ reader: BodyReader,
        _ part: BodyBudget.Part, isOfStranger: Bool, begin: Duration
    ) {
        self.begin = begin
        self.isOfStranger = isOfStranger
        self.head = head
        self.request = request
        self.resolution = resolution
        self.reader = reader
        self.part = part
    }
}

/// Bodies: refused by the head where that can be, then read within the route's bound and the server's.
extension HTTPConnection {
    /// A head is complete: its body is refused, read, or not there.
    func expectBody(
        _ head: RequestHead, _ request: Request, _ resolution: Router.Resolution, on loop: isolated EventLoop
    ) {
        guard head.framing != .none else { return run(request, resolution, head, nil, on: loop) }
        var request = request
        if let refusal = refusal(head, &request, resolution) {
            return refuseUnread(refusal, head, request, on: loop)
        }
        let rule = resolution.body
        let reader = BodyReader(head.framing, limit: rule.maxBytes, isDropped: rule.isDropped)
        let kind = Self.kind(head, rule)
        let holder = request.holder.map(BodyBudget.Holder.known) ?? request.source.map(BodyBudget.Holder.address)
        let part = core.bodies.part(kind, of: holder, largest: kind == .large ? rule.maxBytes : BodyBudget.small)
        incoming = IncomingBody(
            head, request, resolution, reader, part, isOfStranger: kind == .stranger, begin: loop.elapsed)
        phase = .body
        // Whoever is not known makes room for others until the whole request is here.
        if kind == .stranger { core.idle.add(name(on: loop)) }
        if head.expectsContinue, input.isEmpty { _ = wsi?.write(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)[...]) }
        expect(within: core.configuration.bodyTimeout, on: loop)
    }

    /// What can be answered without the body.
    private func refusal(_ head: RequestHead, _ request: inout Request, _ resolution: Router.Resolution) -> Response? {
        let rule = resolution.body
        var announced = 0
        if case .length(let count) = head.framing { announced = count }
        if case .fault(let fault) = resolution {
            // Of a short body the rest is read, so that the connection can stay, unless the client waits for a word.
            return head.expectsContinue || announced > rule.maxBytes ? core.response(to: fault, request) : nil
        }
        // With the whole body at hand there is nothing to save: the handler refuses, behind the limits per address.
        if let refusal = rule.checkHead?(&request), !isHere(head.framing) { return refusal }
        if head.hasEncodedBody, !rule.isDropped { return core.response(to: .encodedBody, request) }
        guard announced <= rule.maxBytes else {
            return core.response(to: .bodyTooLarge(limit: rule.maxBytes), request)
        }
        return nil
    }

    private func isHere(_ framing: BodyFraming) -> Bool {
        if case .length(let count) = framing { input.count >= count } else { false }
    }

    /// Where the next request begins is known only when the whole body is here; otherwise the connection ends after the
    /// answer.
    private func refuseUnread(
        _ response: Response, _ head: RequestHead, _ request: Request, on loop: isolated EventLoop
    ) {
        closesAfterResponse = true
        if case .length(let count) = head.framing, isHere(head.framing) {
            input.removeFirst(count)
            closesAfterResponse = !head.keepsAlive
        }
        send(response, request, makeEncoder(for: head.method, confirmsKeepAlive: head.minorVersion == 0), on: loop)
    }

    private static func kind(_ head: RequestHead, _ rule: Router.BodyRule) -> BodyBudget.Kind {
        guard rule.checkHead != nil else { return .stranger }
        if case .length(let count) = head.framing, count <= BodyBudget.small { return .small }
        return rule.maxBytes <= BodyBudget.small ? .small : .large
    }

    /// Uses what has come. False: more must come.
    func readBody(on loop: isolated EventLoop) -> Bool {
        guard let incoming else { return false }
        do throws(HTTPFault) {
            let isComplete = try incoming.reader.read(&input)
            guard incoming.part.grow(to: incoming.reader.content.count) else { throw .bodiesInTheWay }
            guard isComplete else { return false }
        } catch {
            refuseBody(error, on: loop)
            return true
        }
        self.incoming = nil
        core.idle.remove(name(on: loop))
        var request = incoming.request
        request.body = incoming.reader.takeContent()
        run(request, incoming.resolution, incoming.head, incoming.part, on: loop)
        return true
    }

    /// A large body on a slow line is no fault: it may take as long as its bytes come at the least rate. Who is not
    /// known has the usual time and no more.
    ///
    /// - Returns: how long to wait for more; nil: no longer.
    func bodyTimeLeft(at now: Duration) -> Duration? {
        guard let incoming, !incoming.isOfStranger else { return nil }
        let flowing =
            Duration.seconds(1) * (Double(incoming.reader.content.count) / Double(core.configuration.slowestBody))
        let left = incoming.begin + core.configuration.bodyTimeout + flowing - now
        return left > .zero ? max(left, .milliseconds(100)) : nil
    }

    /// The body that is on its way is not taken; what has come of it is let go at once.
    func refuseBody(_ fault: HTTPFault, on loop: isolated EventLoop) {
        let request = incoming?.request
        incoming = nil
        input = []
        answer(fault, request, closes: true, on: loop)
    }
}
