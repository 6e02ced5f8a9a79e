/// What a Close frame of the peer is answered with (RFC 6455, 5.5.1 and 7.4). Pure.
///
/// lws would send back one byte, a reason that ends within a character, and codes beyond 4999. What it refuses itself
/// (below 1000, 1004 to 1006, and 1012 to 2999) it has turned into 1002 before anybody sees it.
enum CloseAnswer: Equatable {
    /// The same, by lws. 1005 stands for none.
    case echo(UInt16)
    case instead(UInt16)

    init(to payload: [UInt8]) {
        guard !payload.isEmpty else {
            self = .echo(1005)
            return
        }
        guard payload.count >= 2 else {
            self = .instead(1002)
            return
        }
        let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
        if !Self.mayBeSent(code) {
            self = .instead(1002)
        } else if String(validating: payload.dropFirst(2), as: UTF8.self) == nil {
            self = .instead(1007)
        } else {
            self = .echo(code)
        }
    }

    /// What the connection counts as closed with.
    var code: UInt16 {
        switch self {
        case .echo(let code), .instead(let code): code
        }
    }

    private static func mayBeSent(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
