internal import CLibwebsockets

/// One text message, encoded once, to be written to any number of connections of one loop.
///
/// libwebsockets writes the frame's header into the `LWS_PRE` bytes before the payload ("you MUST allocate ... LWS_PRE
/// valid bytes BEFORE the pointer", lws-write.h), so a frame is changed by each write: it belongs to one loop, and each
/// loop makes its own. What the kernel does not take at once lws copies, so the frame may be let go after `write`.
package final class OutgoingFrame {
    /// Payload bytes.
    package let count: Int
    private var storage: [UInt8]

    package init(_ payload: [UInt8]) {
        count = payload.count
        let headroom = Int(amphi_lws_pre())
        storage = []
        storage.reserveCapacity(headroom + payload.count)
        storage.append(contentsOf: repeatElement(0, count: headroom))
        storage.append(contentsOf: payload)
    }

    package convenience init(_ text: String) { self.init(Array(text.utf8)) }

    /// The payload without the headroom.
    package var payload: [UInt8] { Array(storage.dropFirst(Int(amphi_lws_pre()))) }

    func write(to wsi: Wsi) -> Bool {
        unsafe storage.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return false }
            return unsafe wsi.writeText(base + Int(amphi_lws_pre()), count: count)
        }
    }
}
