internal import COpenSSL

/// Hides short messages from everybody who has not the key, and shows whether they are as they were: AES-256-GCM
/// (NIST SP 800-38D) by OpenSSL's EVP interface (https://docs.openssl.org/3.0/man3/EVP_EncryptInit/).
package struct SecretBox: Sendable {
    /// Bytes of a nonce, of which no two messages under one key may have the same. They are random: after ten thousand
    /// million messages the chance that two are the same is below one in a thousand million.
    static let nonceBytes = 12
    private static let tagBytes = 16

    private let key: [UInt8]

    /// - Parameter key: 32 bytes.
    package init(key: [UInt8]) {
        precondition(key.count == 32, "AES-256 takes 32 bytes")
        self.key = key
    }

    /// The nonce, the hidden text and its tag, one behind the other. Traps when OpenSSL cannot allocate.
    package func seal(_ text: [UInt8]) -> [UInt8] { seal(text, nonce: Random.bytes(Self.nonceBytes)) }

    func seal(_ text: [UInt8], nonce: [UInt8]) -> [UInt8] {
        precondition(nonce.count == Self.nonceBytes)
        let context = unsafe EVP_CIPHER_CTX_new()
        defer { unsafe EVP_CIPHER_CTX_free(context) }
        var (hidden, tag) = ([UInt8](repeating: 0, count: text.count), [UInt8](repeating: 0, count: Self.tagBytes))
        var (count, rest): (Int32, Int32) = (0, 0)
        let isDone =
            unsafe EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), nil, key, nonce) == 1
            && EVP_EncryptUpdate(context, &hidden, &count, text, Int32(text.count)) == 1
            && EVP_EncryptFinal_ex(context, &tag, &rest) == 1
            && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, Int32(Self.tagBytes), &tag) == 1
        precondition(isDone, "AES-GCM failed")
        return nonce + hidden + tag
    }

    /// The text; nil when it was not sealed with this key, or is not as it was.
    package func open(_ box: [UInt8]) -> [UInt8]? {
        guard box.count >= Self.nonceBytes + Self.tagBytes else { return nil }
        let nonce = Array(box.prefix(Self.nonceBytes))
        let hidden = Array(box.dropFirst(Self.nonceBytes).dropLast(Self.tagBytes))
        var tag = Array(box.suffix(Self.tagBytes))
        let context = unsafe EVP_CIPHER_CTX_new()
        defer { unsafe EVP_CIPHER_CTX_free(context) }
        var text = [UInt8](repeating: 0, count: hidden.count)
        var end = [UInt8](repeating: 0, count: Self.tagBytes)
        var (count, rest): (Int32, Int32) = (0, 0)
        let isWhole =
            unsafe EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), nil, key, nonce) == 1
            && EVP_DecryptUpdate(context, &text, &count, hidden, Int32(hidden.count)) == 1
            && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, Int32(Self.tagBytes), &tag) == 1
            && EVP_DecryptFinal_ex(context, &end, &rest) == 1
        return isWhole ? text : nil
    }
}
