internal import COpenSSL

/// One key and its one algorithm. Owns the OpenSSL handle from `init` to `deinit` and lends it to nobody.
@safe final class JWTKey: Sendable {
    let algorithm: JWTAlgorithm

    /// Shared by threads: "Objects are thread-safe as long as the API's being invoked don't modify the object"
    /// (https://docs.openssl.org/3.0/man7/openssl-threads/). Nothing changes it after `init`; `TokensTests` signs and
    /// verifies with one key from many threads.
    nonisolated(unsafe) private let handle: OpaquePointer

    private init(_ algorithm: JWTAlgorithm, _ handle: OpaquePointer?, _ problem: String) throws(TokenError) {
        guard let handle = unsafe handle else { throw .crypto(problem) }
        self.algorithm = algorithm
        unsafe self.handle = unsafe handle
        guard algorithm == .rs256 else { return }
        guard unsafe EVP_PKEY_get_base_id(handle) == EVP_PKEY_RSA else { throw .crypto("the key is no RSA key") }
        guard unsafe 2048...16_384 ~= EVP_PKEY_get_bits(handle) else {
            throw .crypto("an RSA key has 2048 bits or more (and at most 16384)")
        }
        guard unsafe amphi_public_key_is_sound(handle) == 1 else { throw .crypto("the RSA key is not sound") }
    }

    deinit { unsafe EVP_PKEY_free(handle) }

    static func secret(_ bytes: [UInt8]) throws(TokenError) -> JWTKey {
        guard !bytes.isEmpty else { throw .crypto("the secret is empty") }
        return try unsafe load(.hs256, "the secret cannot be used") {
            unsafe EVP_PKEY_new_raw_private_key(EVP_PKEY_HMAC, nil, bytes, bytes.count)
        }
    }

    static func privatePEM(_ text: String) throws(TokenError) -> JWTKey {
        try unsafe load(.rs256, "the private key is no PEM text without a passphrase") {
            unsafe amphi_private_key(text, Int32(text.utf8.count))
        }
    }

    static func publicPEM(_ text: String) throws(TokenError) -> JWTKey {
        try unsafe load(.rs256, "the public key is no PEM text (BEGIN PUBLIC KEY)") {
            unsafe amphi_public_key(text, Int32(text.utf8.count))
        }
    }

    static func rsa(modulus n: [UInt8], exponent e: [UInt8]) throws(TokenError) -> JWTKey {
        try unsafe load(.rs256, "the JWK is no RSA key") {
            unsafe amphi_rsa_public_key(n, Int32(n.count), e, Int32(e.count))
        }
    }

    /// Failures leave no trace in the thread's error queue, which TLS on the same thread reads ("the OpenSSL error
    /// queue must be empty before the TLS/SSL I/O operation is attempted",
    /// https://docs.openssl.org/3.0/man3/SSL_get_error/).
    private static func load(
        _ algorithm: JWTAlgorithm, _ problem: String, _ make: () -> OpaquePointer?
    ) throws(TokenError) -> JWTKey {
        ERR_set_mark()
        defer { ERR_pop_to_mark() }
        return try unsafe JWTKey(algorithm, make(), problem)
    }

    /// The signature of RFC 7515 section 5.1 over `message`.
    func sign(_ message: [UInt8]) throws(TokenError) -> [UInt8] {
        let signature: [UInt8]? = unsafe withDigest(EVP_DigestSignInit) { context in
            var length = 0
            guard unsafe EVP_DigestSign(context, nil, &length, message, message.count) == 1 else { return nil }
            var signature = [UInt8](repeating: 0, count: length)
            guard unsafe EVP_DigestSign(context, &signature, &length, message, message.count) == 1 else { return nil }
            return Array(signature.prefix(length))
        }
        guard let signature else { throw .crypto("signing failed") }
        return signature
    }

    func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        switch algorithm {
        case .hs256:
            guard let expected = try? sign(message) else { return false }
            return constantTimeEqual(expected, signature)
        case .rs256:
            return unsafe withDigest(EVP_DigestVerifyInit) { context in
                unsafe EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1 ? true : nil
            } ?? false
        }
    }

    private typealias Prepare = (
        OpaquePointer?, UnsafeMutablePointer<OpaquePointer?>?, OpaquePointer?, OpaquePointer?, OpaquePointer?
    ) -> Int32

    private func withDigest<Result>(_ prepare: Prepare, _ body: (OpaquePointer) -> Result?) -> Result? {
        ERR_set_mark()
        defer { ERR_pop_to_mark() }
        guard let context = unsafe EVP_MD_CTX_new() else { return nil }
        defer { unsafe EVP_MD_CTX_free(context) }
        guard unsafe prepare(context, nil, EVP_sha256(), nil, handle) == 1 else { return nil }
        return unsafe body(context)
    }
}

extension JWTKey {
    /// The public half as PEM, or nil for a secret.
    var publicPEM: String? {
        unsafe exported { unsafe amphi_public_key_pem($0, $1, $2) }.map { String(decoding: $0, as: UTF8.self) }
    }

    /// Modulus and exponent, big-endian, or nil for a secret.
    var rsaNumbers: (n: [UInt8], e: [UInt8])? {
        guard let n = unsafe exported({ unsafe amphi_rsa_number($0, OSSL_PKEY_PARAM_RSA_N, $1, $2) }),
            let e = unsafe exported({ unsafe amphi_rsa_number($0, OSSL_PKEY_PARAM_RSA_E, $1, $2) })
        else { return nil }
        return (n, e)
    }

    private func exported(_ write: (OpaquePointer, UnsafeMutablePointer<UInt8>, Int32) -> Int32) -> [UInt8]? {
        guard algorithm == .rs256 else { return nil }
        ERR_set_mark()
        defer { ERR_pop_to_mark() }
        var buffer = [UInt8](repeating: 0, count: 8192)
        let length = unsafe write(handle, &buffer, Int32(buffer.count))
        return length > 0 ? Array(buffer.prefix(Int(length))) : nil
    }
}
