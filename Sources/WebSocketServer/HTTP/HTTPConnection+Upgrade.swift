import HTTPTypes
import Logging

extension HTTPConnection {
    /// Answers a WebSocket handshake. False: the socket belongs to a `WebSocketPeer` now, close this connection.
    ///
    /// lws has no call that turns a raw socket into a WebSocket. So the descriptor is duplicated, the copy is adopted
    /// as HTTP together with the bytes that lws "has read already", and the raw one is closed, which leaves the TCP
    /// connection up.
    func upgrade(
        _ head: RequestHead, _ request: Request, _ decide: Router.Decide, on loop: isolated EventLoop
    ) -> Bool {
        let handshake: Handshake
        do throws(HTTPFault) {
            handshake = try Handshake(head)
        } catch {
            answer(error, request, closes: true, on: loop)
            return true
        }
        switch decide(request, loop) {
        case .refuse(let response):
            refuse(response, request, on: loop)
            return true
        case .accept(let subprotocol, let makeHandler):
            guard let fd = wsi?.duplicateDescriptor() else {
                answer(.unavailable, request, closes: true, on: loop)
                return true
            }
            var response = Response(status: .switchingProtocols)
            if let subprotocol { response.headers[.secWebSocketProtocol] = subprotocol }
            core.router.finish(request, &response)
            let peer = WebSocketPeer(
                makeHandler, lease: lease, responseHeaders: ResponseEncoder.lines(response.headers), core: core,
                on: loop)
            lease.move()
            lease.transport?.becomesWebSocket()
            if !loop.adoptWebSocket(fd, as: peer, handshake: handshake.forLibwebsockets + input) {
                core.logger.debug("a WebSocket handshake failed in libwebsockets")
            }
            return false
        }
    }
}
