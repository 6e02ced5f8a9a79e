/// Reads RFC 4180 as spreadsheets write it: with `,`, `;` or tabs, and LF, CRLF or CR at the ends of lines.
///
/// A first line `sep=;` names the separator. Without one it is the separator that occurs most often in the first line
/// that holds something, outside of quotes. Quoted cells may hold separators, doubled quotes and line ends.
struct CSVReader: Sendable {
    struct Record: Sendable {
        /// The line at which the record begins, counted from 1.
        let line: Int
        let cells: Result<[Cell], Fault>
    }

    struct Cell: Sendable, Equatable {
        let text: String
        let isQuoted: Bool
    }

    enum Fault: Error {
        case notUTF8(UTF8Census.Fault)
        case quotes
        /// The record has more than `mostBytes`.
        case tooLong
    }

    private static let (quote, newline, carriageReturn): (UInt8, UInt8, UInt8) = (0x22, 0x0A, 0x0D)
    static let separators = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]

    private let bytes: [UInt8]
    private let mostBytes: Int
    private(set) var separator = UInt8(ascii: ",")
    private var index: Int
    private var line = UTF8Census.Line()

    /// - Parameters:
    ///   - forced: the separator of a document that does not name it in a line of its own, or nil to guess it.
    ///   - mostBytes: of a record; a longer one is a fault, and its cells are not kept.
    init(_ bytes: [UInt8], separator forced: UInt8? = nil, mostBytes: Int = .max) {
        self.bytes = bytes
        self.mostBytes = mostBytes
        index = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        let first = firstLine()
        if first.count == 5, String(decoding: first.prefix(4), as: UTF8.self).lowercased() == "sep=",
            let hint = first.last, Self.separators.contains(hint)
        {
            separator = hint
            while index < first.endIndex { step() }
            return
        }
        separator = forced ?? Self.separator(of: first)
    }

    /// The first line that holds more than spaces, quotes and separators. It does not end at a line end inside quotes.
    private func firstLine() -> ArraySlice<UInt8> {
        var start = index
        while start < bytes.count {
            var (end, isQuoted) = (start, false)
            while end < bytes.count, isQuoted || !Self.isLineEnd(bytes[end]) {
                if bytes[end] == Self.quote { isQuoted.toggle() }
                end += 1
            }
            let line = bytes[start..<end]
            if line.contains(where: { $0 > 0x20 && $0 != Self.quote && !Self.separators.contains($0) }) { return line }
            start = end + 1
        }
        return []
    }

    private static func separator(of line: ArraySlice<UInt8>) -> UInt8 {
        var (counts, isQuoted) = ([UInt8: Int](), false)
        for byte in line {
            if byte == quote { isQuoted.toggle() }
            if !isQuoted, separators.contains(byte) { counts[byte, default: 0] += 1 }
        }
        return separators.max { counts[$0, default: 0] < counts[$1, default: 0] } ?? separators[0]
    }

    /// The next record that holds something, or nil at the end.
    mutating func next() -> Record? {
        while index < bytes.count {
            let start = line.number
            let cells = Result<[Cell], Fault> { () throws(Fault) in try record() }
            if case .success(let cells) = cells, cells.allSatisfy({ $0.text.trimmed.isEmpty }) { continue }
            return Record(line: start, cells: cells)
        }
        return nil
    }

    /// Reads one record and its line end. Also a record with a fault is read to its end: the next one may be good.
    private mutating func record() throws(Fault) -> [Cell] {
        var cells: [Cell] = []
        var fault: Fault?
        let start = index
        repeat {
            do throws(Fault) {
                let cell = try cell()
                guard index - start <= mostBytes else { throw .tooLong }
                cells.append(cell)
            } catch {
                fault = fault ?? error
            }
        } while take(separator)
        _ = take(Self.carriageReturn)
        _ = take(Self.newline)
        if let fault { throw fault }
        return cells
    }

    private mutating func cell() throws(Fault) -> Cell {
        var text: [UInt8] = []
        let (start, first) = (index, line)
        let isQuoted = take(Self.quote)
        if isQuoted {
            while true {
                let part = index
                while index < bytes.count, bytes[index] != Self.quote { step() }
                text += bytes[part..<index]
                guard take(Self.quote) else { throw .quotes }
                guard take(Self.quote) else { break }
                text.append(Self.quote)
            }
            let rest = plain()
            guard rest.allSatisfy({ $0 == 0x20 }) else { throw .quotes }
        } else {
            text += plain()
        }
        if let string = String(validating: text, as: UTF8.self) { return Cell(text: string, isQuoted: isQuoted) }
        // The text lacks only the quotes, each of them a whole character: what is not UTF-8 in it is not in the bytes
        // either.
        guard let stray = UTF8Census(bytes[start..<index]).firstStray else { throw .quotes }
        throw .notUTF8(UTF8Census.fault(at: stray, in: bytes, from: start, of: first))
    }

    /// The bytes up to the next separator or line end.
    private mutating func plain() -> ArraySlice<UInt8> {
        let start = index
        while index < bytes.count, bytes[index] != separator, !Self.isLineEnd(bytes[index]) { step() }
        return bytes[start..<index]
    }

    private static func isLineEnd(_ byte: UInt8) -> Bool { byte == newline || byte == carriageReturn }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard index < bytes.count, bytes[index] == byte else { return false }
        step()
        return true
    }

    /// Passes one byte. An LF ends a line, and so does a CR without an LF behind it.
    private mutating func step() {
        let byte = bytes[index]
        index += 1
        if byte == Self.newline || byte == Self.carriageReturn && !(index < bytes.count && bytes[index] == Self.newline)
        {
            line = UTF8Census.Line(number: line.number + 1, start: index)
        }
    }
}
