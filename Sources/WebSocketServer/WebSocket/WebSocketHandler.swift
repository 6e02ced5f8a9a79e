/// The application's end of a WebSocket. It lives on the loop of its connection and is called there only; it need not
/// be `Sendable`. The server holds it from `accept` until `closed`.
package protocol WebSocketHandler: AnyObject {
    /// First, once: the handshake is done.
    func opened(_ connection: WebSocketConnection, on loop: isolated EventLoop)
    /// One whole text message: valid UTF-8, at most `maxMessageBytes`.
    func received(_ message: [UInt8], on loop: isolated EventLoop)
    /// A write was answered `.blocked`; now everything is with the kernel and the next write goes out at once.
    func drained(on loop: isolated EventLoop)
    /// Last, exactly once for each `opened`. `code` is the peer's, or ours when we closed first; 1005 when the peer
    /// gave none, 1006 when there was no closing handshake.
    func closed(_ code: UInt16, on loop: isolated EventLoop)
}
