import HTTPTypes
import WebSocketServer

/// Sends every message back and reports its life to mailboxes.
final class EchoHandler: WebSocketHandler {
    private let closes: Mailbox<UInt16>?
    private var connection: WebSocketConnection?

    init(closes: Mailbox<UInt16>? = nil) { self.closes = closes }

    func opened(_ connection: WebSocketConnection, on loop: isolated EventLoop) { self.connection = connection }

    func received(_ message: [UInt8], on loop: isolated EventLoop) {
        if message == Array("close me".utf8) {
            connection?.close(4010, reason: "as you wish", on: loop)
        } else {
            _ = connection?.write(OutgoingFrame(message), on: loop)
        }
    }

    func drained(on loop: isolated EventLoop) {}
    func closed(_ code: UInt16, on loop: isolated EventLoop) { closes?.put(code) }
}

extension HTTPField.Name {
    /// Traps when `name` is no token.
    static func make(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("no header name") }
        return name
    }
}

extension Response {
    static func text(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(status: status, headers: [.contentType: "text/plain"], body: .bytes(Array(text.utf8)))
    }
}

extension Router {
    /// `/socket` echoes; `/echo` answers what it was asked.
    static func make(closes: Mailbox<UInt16>? = nil) -> Router {
        var router = Router()
        router.upgrade("/socket") { request, _ in
            .accept(subprotocol: request.headers[.secWebSocketProtocol]) { _ in EchoHandler(closes: closes) }
        }
        router.add(.get, "/hello") { _ in .text("hello") }
        router.add(.post, "/echo", maxBody: 100_000, checkHead: { _ in nil }) { request in
            .text("\(request.body.count):" + String(decoding: request.body, as: UTF8.self))
        }
        router.add(.get, "/items/{id:int}") { request in .text("item \(request.parameters.integer("id"))") }
        router.add(.get, "/names/{name}") { request in .text("name \(request.parameters.text("name"))") }
        router.renderFault = { fault, _ in .text("fault \(fault.status.code)", status: fault.status) }
        router.finish = { request, response in
            response.headers[.make("X-Request-Id")] = request?.id ?? "none"
        }
        return router
    }
}
