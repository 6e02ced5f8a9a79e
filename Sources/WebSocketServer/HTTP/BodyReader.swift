/// How the end of a request's body is found.
enum BodyFraming: Sendable, Equatable {
    /// There is none, or it is empty.
    case none
    case length(Int)
    case chunked
}

/// Collects one request's body from the bytes of its connection.
struct BodyReader {
    private enum Source {
        case length(left: Int)
        case chunked(ChunkedDecoder)
    }

    private let limit: Int
    private let isDropped: Bool
    private var source: Source
    /// What has come, unless it is dropped.
    private(set) var content: [UInt8] = []

    /// - Parameters:
    ///   - limit: bytes; a length is compared with it before.
    ///   - isDropped: nobody will read the body: it is counted and thrown away.
    init(_ framing: BodyFraming, limit: Int, isDropped: Bool) {
        self.limit = limit
        self.isDropped = isDropped
        switch framing {
        case .none: source = .length(left: 0)
        case .length(let count): source = .length(left: count)
        case .chunked: source = .chunked(ChunkedDecoder())
        }
    }

    /// Takes from `input` what belongs to the body. True: it is complete.
    mutating func read(_ input: inout [UInt8]) throws(HTTPFault) -> Bool {
        defer { if isDropped { content.removeAll(keepingCapacity: true) } }
        switch source {
        case .length(let left):
            let count = min(left, input.count)
            take(count, from: &input)
            source = .length(left: left - count)
            return count == left
        case .chunked(var decoder):
            var rest = input[...]
            let isComplete = try decoder.decode(&rest, into: &content, limit: limit)
            input = Array(rest)
            source = .chunked(decoder)
            return isComplete
        }
    }

    /// The content, once.
    mutating func takeContent() -> [UInt8] { exchange(&content, with: []) }

    /// What comes first, and is all that has come, is handed over and not copied.
    private mutating func take(_ count: Int, from input: inout [UInt8]) {
        if isDropped {
            input.removeFirst(count)
        } else if content.isEmpty, count == input.count {
            content = exchange(&input, with: [])
        } else {
            content.append(contentsOf: input[..<count])
            input = Array(input[count...])
        }
    }
}
