/// Bytes of a channel to whole messages: keeps what is incomplete for the next read.
struct MessageReader {
    enum Message: Equatable {
        case text([UInt8])
        case ping([UInt8])
        case close(Int)
    }

    struct Violation: Error, CustomStringConvertible {
        let description: String
    }

    private var unread: [UInt8] = []
    private var fragments: [UInt8]?

    mutating func append(_ bytes: [UInt8]) { unread += bytes }

    /// The next message, or nil when more bytes are needed.
    mutating func next() throws(Violation) -> Message? {
        while let (frame, payload) = try nextFrame() {
            switch frame.opcode {
            case .text:
                guard fragments == nil else { throw Violation(description: "a message inside a message") }
                if frame.isFinal { return .text(payload) }
                fragments = payload
            case .continuation:
                guard let begun = fragments else { throw Violation(description: "continues no message") }
                fragments = frame.isFinal ? nil : begun + payload
                if frame.isFinal { return .text(begun + payload) }
            case .ping: return .ping(payload)
            case .pong: continue
            case .close: return .close(payload.count >= 2 ? Int(payload[0]) << 8 | Int(payload[1]) : 1005)
            case .binary: throw Violation(description: "a binary message")
            }
        }
        return nil
    }

    private mutating func nextFrame() throws(Violation) -> (FrameReader.Frame, [UInt8])? {
        do throws(FrameReader.Violation) {
            guard let frame = try FrameReader.frame(in: unread.span, from: 0) else { return nil }
            let payload = Array(unread[frame.payload])
            unread.removeFirst(frame.payload.upperBound)
            return (frame, payload)
        } catch {
            throw Violation(description: "\(error)")
        }
    }
}
