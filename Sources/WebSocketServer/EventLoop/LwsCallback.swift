internal import CLibwebsockets

/// The one C callback of all connections: finds the loop and the peer, unwraps the arguments, and forwards.
///
/// Pointers cross into the loop's isolation as bit patterns; they are valid for the length of the call.
func lwsCallback(
    _ wsi: OpaquePointer?, _ reason: lws_callback_reasons, _ userSpace: UnsafeMutableRawPointer?,
    _ input: UnsafeMutableRawPointer?, _ count: Int
) -> Int32 {
    guard let wsi = unsafe wsi, LwsEvent(reason) != nil else { return 0 }
    guard let user = unsafe lws_context_user(lws_get_context(wsi)) else { return 0 }
    let loop = unsafe Unmanaged<EventLoop>.fromOpaque(user).takeUnretainedValue()
    let wsiBits = UInt(bitPattern: wsi)
    let inputBits = UInt(bitPattern: input)
    return loop.assumeIsolated { loop in
        guard let event = LwsEvent(reason), let raw = unsafe OpaquePointer(bitPattern: wsiBits) else { return 0 }
        return unsafe event.forward(raw, UnsafeMutableRawPointer(bitPattern: inputBits), count, on: loop)
    }
}

/// The callbacks that this module listens to. All others are answered 0, "carry on".
private enum LwsEvent {
    case created, adoptedStream, adoptedHTTP, addHandshakeHeaders, established
    case received, pong, peerClose, writable, closing, closed, destroyed

    init?(_ reason: lws_callback_reasons) {
        switch reason {
        case LWS_CALLBACK_WSI_CREATE: self = .created
        case LWS_CALLBACK_RAW_ADOPT: self = .adoptedStream
        case LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED: self = .adoptedHTTP
        case LWS_CALLBACK_ADD_HEADERS: self = .addHandshakeHeaders
        case LWS_CALLBACK_ESTABLISHED: self = .established
        case LWS_CALLBACK_RAW_RX, LWS_CALLBACK_RECEIVE: self = .received
        case LWS_CALLBACK_RECEIVE_PONG: self = .pong
        case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE: self = .peerClose
        case LWS_CALLBACK_RAW_WRITEABLE, LWS_CALLBACK_SERVER_WRITEABLE: self = .writable
        case LWS_CALLBACK_WS_SERVER_DROP_PROTOCOL: self = .closing
        case LWS_CALLBACK_RAW_CLOSE, LWS_CALLBACK_CLOSED, LWS_CALLBACK_CLOSED_HTTP: self = .closed
        case LWS_CALLBACK_WSI_DESTROY: self = .destroyed
        default: return nil
        }
    }

    /// lws's return value: 0 carries on, -1 closes the connection.
    func forward(
        _ raw: OpaquePointer, _ input: UnsafeMutableRawPointer?, _ count: Int, on loop: isolated EventLoop
    ) -> Int32 {
        // Before lws has set the opaque pointer, the peer is the one that is being adopted.
        switch self {
        case .created:
            loop.wsiWasCreated()
            return 0
        case .adoptedHTTP:
            guard let peer = loop.adopting else { return -1 }
            let wsi = unsafe Wsi(raw)
            wsi.setPeer(peer)
            peer.didAdopt(wsi)
            return 0
        default: break
        }
        guard let opaque = unsafe lws_get_opaque_user_data(raw) else { return 0 }
        let peer = unsafe Unmanaged<Peer>.fromOpaque(opaque).takeUnretainedValue()
        var keep = true
        switch self {
        case .created, .adoptedHTTP: break
        case .adoptedStream:
            unsafe peer.didAdopt(Wsi(raw))
            keep = peer.opened(on: loop)
        case .addHandshakeHeaders: keep = unsafe append(peer.handshakeHeaders(on: loop), to: input)
        case .established: keep = peer.opened(on: loop)
        case .received: keep = unsafe peer.received(bytes(input, count), on: loop)
        case .pong: keep = peer.receivedPong(on: loop)
        case .peerClose: keep = unsafe peer.receivedClose(bytes(input, count), on: loop)
        case .writable: keep = peer.writable(on: loop)
        case .closing: peer.lwsCloses(on: loop)
        case .closed: peer.didEnd(on: loop)
        case .destroyed: loop.release(peer)
        }
        return keep ? 0 : -1
    }

    private func bytes(_ input: UnsafeMutableRawPointer?, _ count: Int) -> [UInt8] {
        unsafe Array(UnsafeRawBufferPointer(start: input, count: input == nil ? 0 : count))
    }

    private func append(_ lines: [UInt8], to input: UnsafeMutableRawPointer?) -> Bool {
        guard !lines.isEmpty else { return true }
        return unsafe lines.withUnsafeBufferPointer {
            unsafe amphi_add_handshake_bytes(input, $0.baseAddress, $0.count) == 0
        }
    }
}
