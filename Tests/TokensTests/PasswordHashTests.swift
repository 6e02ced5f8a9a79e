import Testing
import Tokens

@Suite struct PasswordHashTests {
    private static let vectors: [(password: String, salt: String, logN: Int, r: Int, p: Int, key: String)] = [
        (
            "", "", 4, 1, 1,
            "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
                + "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"
        ),
        (
            "password", "NaCl", 10, 8, 16,
            "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
                + "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
        ),
        (
            "pleaseletmein", "SodiumChloride", 14, 8, 1,
            "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
                + "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
        ),
    ]

    @Test(arguments: vectors)
    func `the vectors of RFC 7914 within the bounds are met`(
        password: String, salt: String, logN: Int, r: Int, p: Int, key: String
    ) throws {
        let derived = PasswordHash.derive(password, salt: Array(salt.utf8), logN: logN, r: r, p: p, count: 64)
        #expect(derived.map { Hex.encode($0) } == key)
    }

    @Test func `a cost beyond the bounds is refused before memory is touched`() {
        let costs = [
            (20, 8, 1), (17, 8, 1), (16, 9, 1), (63, 1, 1), (64, 1, 1), (0, 8, 1), (-1, 8, 1), (15, 0, 1), (15, 8, 0),
            (1, 33, 1), (1, 1, 33), (15, 8, 9), (.max, .max, .max),
        ]
        for (logN, r, p) in costs {
            #expect(PasswordHash.derive("x", salt: [], logN: logN, r: r, p: p, count: 32) == nil, "\(logN) \(r) \(p)")
        }
    }

    @Test func `a password is known again by its hash, and only that password`() {
        let hash = PasswordHash.make("Käse & Brot 🧀")
        #expect(hash.hasPrefix("scrypt$15$8$1$"))
        #expect(PasswordHash.verify("Käse & Brot 🧀", against: hash))
        #expect(!PasswordHash.verify("Käse & Brot", against: hash))
        #expect(!PasswordHash.verify("", against: hash))
        #expect(PasswordHash.make("Käse & Brot 🧀") != hash)
    }

    @Test func `a hash of another cost is known again, and its parameters count`() {
        let salt = Array("0123456789abcdef".utf8)
        let key = PasswordHash.derive("secret", salt: salt, logN: 4, r: 2, p: 3, count: 32)
        let tail = "\(Base64URL.encode(salt))$\(Base64URL.encode(key ?? []))"
        #expect(PasswordHash.verify("secret", against: "scrypt$4$2$3$\(tail)"))
        #expect(!PasswordHash.verify("secret", against: "scrypt$4$3$2$\(tail)"))
        #expect(!PasswordHash.verify("secret", against: "scrypt$5$2$3$\(tail)"))
        #expect(!PasswordHash.verify("secret", against: "bcrypt$4$2$3$\(tail)"))
        #expect(!PasswordHash.verify("secret", against: "scrypt$4$2$3$\(tail)$"))
        #expect(!PasswordHash.verify("secret", against: "scrypt$4$2$3$\(tail)="))
    }

    @Test(arguments: [
        "", "$", "scrypt", "scrypt$$$$$", "scrypt$15$8$1$$", "scrypt$15$8$1$AAAA$AAAA",
        "scrypt$60$8$1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "scrypt$99999999999999999999$8$1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "scrypt$15$8$1$AAAAAAAAAAAAAAAAAAAAAA$",
    ])
    func `a string that is no hash of ours, or a hostile one, knows no password`(hash: String) {
        #expect(!PasswordHash.verify("", against: hash))
    }
}
