import Testing

@testable import WebSocketServer

@Suite struct ChunkedDecoderTests {
    private enum Outcome: Equatable {
        /// The body, and what is left of the input.
        case complete(String, rest: String)
        case incomplete
        case fault(HTTPFault)
    }

    /// Feeds `bytes` in pieces of so many.
    private func decode(_ bytes: [UInt8], pieces: Int = .max, limit: Int = 1000) -> Outcome {
        var decoder = ChunkedDecoder()
        var content: [UInt8] = []
        var input: ArraySlice<UInt8> = []
        var rest = bytes[...]
        repeat {
            input += rest.prefix(pieces)
            rest = rest.dropFirst(pieces)
            do throws(HTTPFault) {
                if try decoder.decode(&input, into: &content, limit: limit) {
                    let left = String(decoding: input + rest, as: UTF8.self)
                    return .complete(String(decoding: content, as: UTF8.self), rest: left)
                }
            } catch {
                return .fault(error)
            }
        } while !rest.isEmpty
        return .incomplete
    }

    private func decode(_ text: String, limit: Int = 1000) -> Outcome { decode(Array(text.utf8), limit: limit) }

    private static let good = [
        ("0\r\n\r\n", ""), ("3\r\nabc\r\n0\r\n\r\n", "abc"),
        ("000a\r\n0123456789\r\n1\r\nx\r\n00\r\n\r\n", "0123456789x"),
        ("A\r\n0123456789\r\n0\r\n\r\n", "0123456789"), ("2\r\n\r\n\r\n0\r\n\r\n", "\r\n"),
        ("3;a=b;c=\"d e\";f\r\nabc\r\n0;last\r\n\r\n", "abc"), ("3 \t ;a\r\nabc\r\n0\r\n\r\n", "abc"),
        ("3\r\nabc\r\n0\r\nX-Sum: 1\r\nContent-Length: 99\r\n\r\n", "abc"),
    ]

    // Found from outside, no. 45
    @Test(arguments: good)
    func `a chunked body is read, in whatever pieces it comes, and what follows stays`(text: String, body: String) {
        let bytes = Array((text + "GET /").utf8)
        for pieces in [1, 2, 3, 5, 7, 1000] {
            #expect(decode(bytes, pieces: pieces) == .complete(body, rest: "GET /"))
        }
    }

    // Found from outside, no. 45
    @Test(arguments: good)
    func `half of a body is never a whole one`(text: String, body: String) {
        let bytes = Array(text.utf8)
        for end in 0..<bytes.count { #expect(decode(Array(bytes[..<end])) == .incomplete) }
    }

    // Found from outside, no. 45
    @Test(arguments: [
        "\r\n", "x\r\n", "-3\r\nabc\r\n", "+3\r\nabc\r\n", "0x3\r\nabc\r\n", " 3\r\nabc\r\n", "3 \r\nabc\r\n",
        "3 a\r\nabc\r\n", "3,\r\nabc\r\n", "3.0\r\nabc\r\n", "3\nabc\r\n", "3\rabc\r\n", "3;a\n\r\nabc\r\n",
        "3;a\rb\r\nabc\r\n", "3;a=\u{0}\r\nabc\r\n", "3\r\nabcd\r\n0\r\n\r\n", "3\r\nabc0\r\n\r\n",
        "3\r\nabc\n0\r\n\r\n",
        "3\r\nabc\r\n\r\n", "0\r\nno colon\r\n\r\n", "0\r\n folded: 1\r\n\r\n", "0\r\nA: 1\r\n folded\r\n\r\n",
        "0\r\nA : 1\r\n\r\n", "0\r\n: 1\r\n\r\n", "0\r\nA: b\u{0}\r\n\r\n", "0\r\nA: 1\n\r\n", "0\n\r\n",
        "ffffffffffffffff\r\n", "7fffffffffffffff\r\n", "10000000000000003\r\nabc\r\n", "0000000000000003\r\nabc\r\n",
    ])
    func `what two servers could read differently is malformed`(text: String) {
        guard case .fault(.malformed) = decode(text) else {
            Issue.record("accepted: \(decode(text))")
            return
        }
    }

    // Found from outside, no. 45
    @Test func `a chunk that would exceed the limit is refused before its data has come`() {
        #expect(decode("3e8\r\n", limit: 1000) == .incomplete)
        #expect(decode("3e9\r\n", limit: 1000) == .fault(.bodyTooLarge(limit: 1000)))
        #expect(decode("fffffffffffffff\r\n", limit: 1000) == .fault(.bodyTooLarge(limit: 1000)))
        #expect(decode("2\r\nab\r\n3\r\n", limit: 4) == .fault(.bodyTooLarge(limit: 4)))
    }

    // Found from outside, no. 45
    @Test func `extensions and trailers have a bound, alone and together`() {
        let long = String(repeating: "x", count: ChunkedDecoder.longestLine)
        guard case .fault(.malformed) = decode("1;\(long)") else {
            Issue.record("a line without an end")
            return
        }
        let many = String(repeating: "1;\(String(repeating: "e", count: 500))\r\nx\r\n", count: 40)
        guard case .fault(.malformed) = decode(many) else {
            Issue.record("extensions without an end")
            return
        }
        let trailers = String(repeating: "X-A: \(String(repeating: "t", count: 100))\r\n", count: 90)
        #expect(decode("0\r\n" + trailers) == .fault(.headersTooLarge))
        let one = String(repeating: "t", count: ChunkedDecoder.mostTrailerBytes)
        #expect(decode("0\r\nX-A: \(one)") == .fault(.headersTooLarge))
    }

    // Found from outside, no. 45
    @Test func `damaged bodies are read the same in one piece and byte by byte`() {
        var generator = Seeded(state: 45)
        for round in 0..<5000 {
            var bytes = Array((Self.good[round % Self.good.count].0 + "GET /").utf8)
            for _ in 0...Int(generator.next() % 3) where !bytes.isEmpty {
                let index = Int(generator.next() % UInt64(bytes.count))
                switch generator.next() % 4 {
                case 0: bytes[index] = UInt8(truncatingIfNeeded: generator.next())
                case 1: bytes.remove(at: index)
                case 2: bytes.insert(Array("\r\n0;3af".utf8)[Int(generator.next() % 7)], at: index)
                default: bytes.insert(contentsOf: bytes[index...].prefix(9), at: index)
                }
            }
            #expect(decode(bytes) == decode(bytes, pieces: 1), "\(bytes)")
        }
    }
}
