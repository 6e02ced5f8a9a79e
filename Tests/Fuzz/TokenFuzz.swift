import StrictJSON
import Tokens

private let secret = Array("the secret of the fuzz target, 32 b".utf8)
private let verifier = try? JWTVerifier.hs256(secret: secret)

/// libFuzzer: nothing traps, no input is a token by itself, and of a truly signed header and payload (the input, split
/// at its first zero byte) only those are taken that say what they must.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzToken(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let verifier else { preconditionFailure("no verifier") }
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    precondition(verifier.refusal(of: String(decoding: bytes, as: UTF8.self)) != nil, "an unsigned token was taken")

    let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false).map { Array($0) }
    let payload = parts.count > 1 ? parts[1] : []
    let token = TokenForge(secret: secret).token(
        headerPart: Base64URL.encode(parts[0]), payloadPart: Base64URL.encode(payload))
    guard let claims = try? verifier.verify(token, now: 0, expectation: .none) else { return 0 }
    let limits = JSONLimits(maxBytes: 8192)
    precondition((try? JSON.parse(parts[0], limits: limits))?["alg"] == "HS256", "another algorithm was taken")
    precondition((try? JSON.parse(payload, limits: limits))?.objectValue == claims, "other claims were read")
    return 0
}
