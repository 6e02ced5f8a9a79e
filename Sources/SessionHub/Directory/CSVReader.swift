/// Reads RFC 4180 as spreadsheets write it: with `,`, `;` or tabs, LF or CRLF, a byte order mark or none.
///
/// Which separator it is, the first line says. Quoted cells may hold separators, doubled quotes and line ends.
struct CSVReader: Sendable {
    struct Record: Sendable {
        /// Where it begins, from 1.
        let line: Int
        let cells: Result<[String], Fault>
    }

    enum Fault: Error {
        case notUTF8, quotes
    }

    private static let (quote, newline, carriageReturn): (UInt8, UInt8, UInt8) = (0x22, 0x0A, 0x0D)

    private let bytes: [UInt8]
    private let separator: UInt8
    private var index: Int
    private var line = 1

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        index = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        let header = bytes[index...].prefix { $0 != Self.newline }
        separator =
            [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")].max { a, b in
                header.count(where: { $0 == a }) < header.count(where: { $0 == b })
            } ?? UInt8(ascii: ",")
    }

    /// The next record that holds something, or nil at the end.
    mutating func next() -> Record? {
        while index < bytes.count {
            let start = line
            let cells = Result<[String], Fault> { () throws(Fault) in try record() }
            if case .success(let cells) = cells, cells.allSatisfy({ $0.trimmed.isEmpty }) { continue }
            return Record(line: start, cells: cells)
        }
        return nil
    }

    /// Up to and with its line end, also when it is at fault.
    private mutating func record() throws(Fault) -> [String] {
        var cells: [String] = []
        var fault: Fault?
        repeat {
            do throws(Fault) {
                cells.append(try cell())
            } catch {
                fault = fault ?? error
            }
        } while take(separator)
        _ = take(Self.carriageReturn)
        _ = take(Self.newline)
        if let fault { throw fault }
        return cells
    }

    private mutating func cell() throws(Fault) -> String {
        var text: [UInt8] = []
        if take(Self.quote) {
            while true {
                let start = index
                while index < bytes.count, bytes[index] != Self.quote { step() }
                text += bytes[start..<index]
                guard take(Self.quote) else { throw .quotes }
                guard take(Self.quote) else { break }
                text.append(Self.quote)
            }
            let rest = plain()
            guard rest.allSatisfy({ $0 == 0x20 }) else { throw .quotes }
        } else {
            text += plain()
        }
        guard let string = String(validating: text, as: UTF8.self) else { throw .notUTF8 }
        return string
    }

    /// Up to the next separator or line end.
    private mutating func plain() -> ArraySlice<UInt8> {
        let start = index
        while index < bytes.count, bytes[index] != separator, bytes[index] != Self.newline {
            if bytes[index] == Self.carriageReturn, index + 1 == bytes.count || bytes[index + 1] == Self.newline {
                break
            }
            step()
        }
        return bytes[start..<index]
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard index < bytes.count, bytes[index] == byte else { return false }
        step()
        return true
    }

    private mutating func step() {
        if bytes[index] == Self.newline { line += 1 }
        index += 1
    }
}
