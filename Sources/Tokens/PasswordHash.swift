internal import COpenSSL

/// Passwords at rest: scrypt (RFC 7914), with its cost and salt in the string `scrypt$15$8$1$salt$key`
/// (binary logarithm of N, r, p; salt and key in base64url).
///
/// Each call takes about 32 MiB and a tenth of a second of the calling thread: never on an event loop.
package enum PasswordHash {
    /// Stored with each hash, so that raising it leaves old hashes readable.
    private static let cost = (logN: 15, r: 8, p: 1)
    private static let keyBytes = 32

    package static func make(_ password: String) -> String {
        let salt = Random.bytes(16)
        let key = derive(password, salt: salt, logN: cost.logN, r: cost.r, p: cost.p, count: keyBytes)
        guard let key else { preconditionFailure("scrypt failed: no memory") }
        return text(salt: salt, key: key)
    }

    /// A hash that no password has, at no cost: what is verified against it takes as long as against a real one.
    package static func unknown() -> String { text(salt: Random.bytes(16), key: Random.bytes(keyBytes)) }

    /// Whether `make` would write the same parameters today.
    package static func isCurrent(_ hash: String) -> Bool {
        hash.hasPrefix("scrypt$\(cost.logN)$\(cost.r)$\(cost.p)$")
    }

    private static func text(salt: [UInt8], key: [UInt8]) -> String {
        "scrypt$\(cost.logN)$\(cost.r)$\(cost.p)$\(Base64URL.encode(salt))$\(Base64URL.encode(key))"
    }

    /// False also for a string that `make` could not have written, or whose cost is beyond reason.
    package static func verify(_ password: String, against hash: String) -> Bool {
        let parts = hash.split(separator: "$", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 6, parts[0] == "scrypt",
            let logN = Int(parts[1]), let r = Int(parts[2]), let p = Int(parts[3]),
            let salt = Base64URL.decode(parts[4]), 16...64 ~= salt.count,
            let expected = Base64URL.decode(parts[5]), expected.count == keyBytes,
            let key = derive(password, salt: salt, logN: logN, r: r, p: p, count: keyBytes)
        else { return false }
        return constantTimeEqual(key, expected)
    }

    /// `count` bytes of scrypt, or nil when the cost is beyond 64 MiB or eight times that of `make`.
    package static func derive(
        _ password: String, salt: [UInt8], logN: Int, r: Int, p: Int, count: Int
    ) -> [UInt8]? {
        guard 1...20 ~= logN, 1...32 ~= r, 1...32 ~= p, (1 << logN) * r * p <= 1 << 21, 1...1024 ~= count else {
            return nil
        }
        ERR_set_mark()
        defer { ERR_pop_to_mark() }
        var key = [UInt8](repeating: 0, count: count)
        let memory: UInt64 = 65 << 20
        let done = unsafe EVP_PBE_scrypt(
            password, password.utf8.count, salt, salt.count, 1 << UInt64(logN), UInt64(r), UInt64(p), memory, &key,
            count)
        return done == 1 ? key : nil
    }
}
