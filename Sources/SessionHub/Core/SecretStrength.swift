import Tokens

/// Makes secrets, and tells whether a secret is one: long enough for HS256, and no word from somebody's documentation.
package enum SecretStrength {
    /// RFC 7518, 3.2: a key of the same size as the hash output or larger.
    static let fewestBytes = 32

    package static func makeSecret() -> String { Hex.encode(Random.bytes(fewestBytes)) }

    private static let placeholders = [
        "your-secret", "your_secret", "yoursecret", "your-jwt-secret", "your_jwt_secret", "your-super-secret",
        "your_super_secret", "change-this", "change_this", "changethis", "changeme", "change-me", "change_me",
        "replace-me", "replace_me", "replace-this", "replace_this",
    ]

    /// The rest of a sentence that starts with the key's name, or nil for a secret that will do.
    package static func weakness(of secret: String) -> String? {
        let lowered = secret.lowercased()
        if placeholders.contains(where: lowered.contains) {
            return "is a placeholder from documentation: make one with `openssl rand -hex 32`."
        }
        guard secret.utf8.count >= fewestBytes else {
            return
                "has \(secret.utf8.count) bytes and needs at least \(fewestBytes): make one with `openssl rand -hex 32`."
        }
        return nil
    }
}
