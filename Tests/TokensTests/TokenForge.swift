import StrictJSON
import Tokens

/// Makes tokens that `JWTSigner` would never make: any header, any payload, a true HS256 signature.
struct TokenForge {
    let secret: [UInt8]

    func token(header: String, payload: String) -> String {
        token(headerPart: Base64URL.encode(Array(header.utf8)), payloadPart: Base64URL.encode(Array(payload.utf8)))
    }

    func token(headerPart: String, payloadPart: String) -> String {
        let message = headerPart + "." + payloadPart
        return message + "." + Base64URL.encode(mac(Array(message.utf8)))
    }

    /// RFC 2104, on nothing of the module but SHA-256.
    private func mac(_ message: [UInt8]) -> [UInt8] {
        var key = secret.count > 64 ? SHA256.hash(secret) : secret
        key += [UInt8](repeating: 0, count: 64 - key.count)
        let inner = SHA256.hash(key.map { $0 ^ 0x36 } + message)
        return SHA256.hash(key.map { $0 ^ 0x5C } + inner)
    }
}

extension ClaimExpectation {
    /// Looks at nothing that is not there.
    static let none = ClaimExpectation(audience: nil, requiresExpiry: false)
}

extension JWTVerifier {
    /// Why a token is refused; nil when it is taken.
    func refusal(
        of token: String, now: Int64 = 0, leeway: Int64 = 0, expectation: ClaimExpectation = .none
    ) -> TokenError? {
        do throws(TokenError) {
            _ = try verify(token, now: now, leeway: leeway, expectation: expectation)
            return nil
        } catch {
            return error
        }
    }
}

/// SplitMix64: the same values in every run, so that a failure can be run again.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
