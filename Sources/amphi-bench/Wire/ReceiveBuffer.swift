/// The bytes of one read; one buffer serves all connections of a thread. The memory is owned here and handed out only
/// as spans that end with the call.
@safe
final class ReceiveBuffer {
    private let memory: UnsafeMutableRawBufferPointer

    init(size: Int) {
        unsafe memory = .allocate(byteCount: size, alignment: 64)
        // Reading fills it, but no span may ever show memory that nobody wrote.
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit { unsafe memory.deallocate() }

    /// Reads what there is, at most `limit` bytes.
    func fill(from socket: StreamSocket, atMost limit: Int = .max) -> StreamSocket.Transfer {
        unsafe socket.read(into: UnsafeMutableRawBufferPointer(rebasing: memory[..<min(limit, memory.count)]))
    }

    /// The first `count` bytes of what was read last.
    func withBytes<Result>(_ count: Int, _ body: (Span<UInt8>) -> Result) -> Result {
        let bytes = unsafe UnsafeRawBufferPointer(rebasing: memory[..<count])
        return unsafe bytes.withMemoryRebound(to: UInt8.self) { unsafe body($0.span) }
    }
}

extension Span<UInt8> {
    func copied() -> [UInt8] { unsafe withUnsafeBufferPointer { unsafe Array($0) } }
}
