/// Status line and fields of an HTTP/1.1 answer.
struct HTTPHead: Equatable {
    let status: Int
    /// Bytes up to and with the empty line.
    let length: Int
    private let fields: [String: String]

    /// Nil while the head is not complete or when it is no HTTP.
    init?(_ bytes: [UInt8]) {
        guard let end = Self.end(of: bytes) else { return nil }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
        guard let statusLine = lines.first?.split(separator: " "), statusLine.count >= 2,
            statusLine[0].hasPrefix("HTTP/1."), let status = Int(statusLine[1])
        else { return nil }
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            fields[line[..<colon].lowercased()] = String(value)
        }
        self.status = status
        self.length = end
        self.fields = fields
    }

    /// By lower-case name.
    subscript(_ name: String) -> String? { fields[name] }

    private static func end(of bytes: [UInt8]) -> Int? {
        var index = 3
        while index < bytes.count {
            if bytes[index] == 0x0A, bytes[index - 1] == 0x0D, bytes[index - 2] == 0x0A { return index + 1 }
            index += 1
        }
        return nil
    }
}
