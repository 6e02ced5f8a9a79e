/// The small cryptographic tools: random bytes, SHA-256, comparison without a clock to read.
internal import COpenSSL

package enum Random {
    /// `count` bytes nobody can guess, fit for keys. Traps when the system has no randomness: nothing safe could
    /// follow.
    package static func bytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        precondition(unsafe RAND_bytes(&bytes, Int32(count)) == 1, "the random generator failed")
        return bytes
    }
}

package enum SHA256 {
    /// The 32 bytes of FIPS 180-4. Traps when OpenSSL cannot allocate.
    package static func hash(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        let done = unsafe EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha256(), nil)
        precondition(done == 1, "SHA-256 failed")
        return digest
    }
}

/// Compares in a time that depends on the lengths only, so that an answer's delay says nothing about a secret.
package func constantTimeEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    guard a.count == b.count else { return false }
    return unsafe CRYPTO_memcmp(a, b, a.count) == 0
}
