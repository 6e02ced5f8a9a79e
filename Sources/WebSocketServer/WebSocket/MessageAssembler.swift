/// Puts the pieces of a message together: lws hands over what it has read, a frame may be many pieces, a message many
/// frames. Control frames in between never come here.
struct MessageAssembler {
    enum Action: Equatable {
        case wait
        case deliver([UInt8])
        /// Close with this code: 1003 binary, 1007 no UTF-8, 1009 too big.
        case refuse(UInt16)
    }

    let maxBytes: Int
    private var pieces: [UInt8] = []
    private var isRefusing = false

    init(maxBytes: Int) { self.maxBytes = maxBytes }

    /// After `.refuse` everything is ignored.
    mutating func append(_ piece: [UInt8], isBinary: Bool, isFinal: Bool) -> Action {
        guard !isRefusing else { return .wait }
        if isBinary { return refuse(1003) }
        if pieces.count + piece.count > maxBytes { return refuse(1009) }
        if pieces.isEmpty, isFinal { return deliver(piece, checked: true) }
        pieces.append(contentsOf: piece)
        guard isFinal else { return .wait }
        let message = pieces
        pieces = []
        return deliver(message, checked: !piece.isEmpty)
    }

    /// lws checks the encoding, except for a character that is cut off where an empty last frame ends the message.
    private mutating func deliver(_ message: [UInt8], checked: Bool) -> Action {
        if !checked, String(validating: message, as: UTF8.self) == nil { return refuse(1007) }
        return .deliver(message)
    }

    private mutating func refuse(_ code: UInt16) -> Action {
        isRefusing = true
        pieces = []
        return .refuse(code)
    }
}
