/// A generator of pseudo-random numbers with a seed (SplitMix64), so that a failure can be repeated.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// Damages bytes as accidents and attackers do.
package struct Mutator: Sendable {
    package var random: SeededGenerator

    package init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    /// Pieces that parsers stumble over.
    private static let splinters: [[UInt8]] =
        [
            "\"", "\\", "{", "}", "[", "]", ":", ",", "null", "true", "1e999", "-1", "9223372036854775808", "0.1",
            "\\u0000",
            "\\ud800", "\r\n", "\r", "\n", "\u{0}", "é", "👋", " ", "%00", "%2e%2e%2f", "/", "?", "&", "=", "#",
            "Transfer-Encoding: chunked\r\n", "Content-Length: 99999999999\r\n", "Content-Length: -1\r\n", "Host: \r\n",
            "Expect: 100-continue\r\n", "Upgrade: h2c\r\n", "Range: bytes=0-\r\n",
        ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0x00], [0x80, 0x80, 0x80, 0x80]]

    /// One to four changes at random places.
    package mutating func mutate(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) { change(&bytes) }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return bytes += Self.splinters.randomElement(using: &random) ?? [] }
        let place = Int.random(in: 0..<bytes.count, using: &random)
        let end = min(bytes.count, place + Int.random(in: 1...12, using: &random))
        switch Int.random(in: 0..<7, using: &random) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 2: bytes.removeSubrange(place..<end)
        case 3: bytes.insert(contentsOf: bytes[place..<end], at: place)
        case 4: bytes.insert(contentsOf: Self.splinters.randomElement(using: &random) ?? [], at: place)
        case 5: bytes.replaceSubrange(place..<end, with: Self.splinters.randomElement(using: &random) ?? [])
        default: bytes.removeSubrange(place...)
        }
    }
}
