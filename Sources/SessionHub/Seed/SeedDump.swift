import Foundation
import StrictJSON

/// A table of the seed's platform that `amphi import-seed` takes.
package enum SeedTable: String, Sendable, CaseIterable {
    case sessions = "live_sessions"
    case participants = "live_session_participants"
    case chat = "live_session_chat"
    case events

    /// The table that a file's name tells, as `live_sessions.csv` and `mdsc_auth.live_sessions_2026.jsonl` do. The
    /// longest name that fits counts, because `events` may also stand in the name of a folder.
    package init?(named file: String) {
        let name = URL(fileURLWithPath: file).lastPathComponent.lowercased()
        let found = Self.allCases.filter { name.contains($0.rawValue) }.max { $0.rawValue.count < $1.rawValue.count }
        guard let found else { return nil }
        self = found
    }

    /// The column of text that people wrote and that may not be NULL. Dumps without quotes write NULL and the word
    /// alike.
    var writtenColumn: String? {
        switch self {
        case .sessions, .events: "title"
        case .chat: "message"
        case .participants: nil
        }
    }
}

/// One row of a dump, with where it stands.
package struct SeedRow: Sendable {
    let file: String
    let line: Int
    let object: JSONObject

    /// Where the row stands, for a refusal.
    var place: String { "\(file): line \(line)" }
}

/// Reads the rows of one dumped table: JSON lines, one JSON array (also phpMyAdmin's), a CSV with its header, or what
/// `mysql --batch` prints.
package struct SeedDump: Sendable {
    package private(set) var rows: [SeedRow] = []
    /// What is wrong with lines that are no row: sentences with the place of each.
    private(set) var faults: [String] = []

    /// Whether the dump says that the table has no row: by nothing at all, which `mysql --batch` prints then, by a
    /// header alone, or by an array without elements.
    private(set) var isEmptyTable = false

    package let file: String
    /// The column whose text cannot be absent, so that `NULL` in it is what somebody wrote.
    private let writtenColumn: String?
    private static let limits = JSONLimits(maxBytes: 512 * 1024 * 1024)

    /// - Parameter file: the file's name, for refusals.
    package init(_ bytes: [UInt8], file: String, table: SeedTable) {
        self.file = file
        writtenColumn = table.writtenColumn
        let text: [UInt8]
        do throws(HubError) {
            text = try ImportText.utf8(bytes, charset: nil)
        } catch {
            faults.append("\(file): \(error.message(in: .english))")
            return
        }
        switch text.first(where: { $0 > 0x20 }) {
        case nil: isEmptyTable = true
        case UInt8(ascii: "["): readArray(text, table)
        case UInt8(ascii: "{"): readLines(text, table)
        default: readTable(text)
        }
        if rows.isEmpty, faults.isEmpty, !isEmptyTable { faults.append("\(file): there is no row in this file.") }
    }

    // MARK: - JSON

    private mutating func readLines(_ text: [UInt8], _ table: SeedTable) {
        var (number, start) = (0, text.startIndex)
        while start < text.endIndex {
            let end = text[start...].firstIndex(of: UInt8(ascii: "\n")) ?? text.endIndex
            number += 1
            if text[start..<end].contains(where: { $0 > 0x20 }) { readLine(text[start..<end], number, table) }
            start = end + 1
        }
    }

    private mutating func readLine(_ line: ArraySlice<UInt8>, _ number: Int, _ table: SeedTable) {
        if let stray = UTF8Census(line).firstStray {
            addNotUTF8(UTF8Census.Fault(line: number, byte: stray - line.startIndex + 1, value: line[stray]))
            return
        }
        do throws(JSONError) {
            take(try JSON.parse(line, limits: Self.limits), line: number, table)
        } catch {
            faults.append("\(file): line \(number): the JSON cannot be used: \(error.kind).")
        }
    }

    /// Adds the fault of a text that is not UTF-8. Its characters are not guessed.
    private mutating func addNotUTF8(_ fault: UTF8Census.Fault) {
        let byte = "byte \(fault.byte) (\(String(fault.value, radix: 16, uppercase: true)))"
        faults.append(
            "\(file): line \(fault.line): \(byte) is not UTF-8. Dump the table with --default-character-set=utf8mb4, or "
                + "convert the file: iconv -f WINDOWS-1252 -t UTF-8.")
    }

    /// Rows of an array stand on no lines of their own, so that they are counted.
    private mutating func readArray(_ text: [UInt8], _ table: SeedTable) {
        if let stray = UTF8Census(text[...]).firstStray { return addNotUTF8(UTF8Census.fault(at: stray, in: text)) }
        let json: JSON
        do throws(JSONError) {
            json = try JSON.parse(text, limits: Self.limits)
        } catch {
            faults.append("\(file): the JSON cannot be used: \(error.kind) at byte \(error.offset).")
            return
        }
        let elements = json.arrayValue ?? []
        isEmptyTable = elements.isEmpty
        for (index, element) in elements.enumerated() { take(element, line: index + 1, table) }
    }

    /// Takes an element that is a row, or one of phpMyAdmin's objects, each of which holds the rows of one table.
    private mutating func take(_ element: JSON, line: Int, _ table: SeedTable) {
        switch element["type"]?.stringValue {
        case "header", "database": return
        case "table" where element["data"] != nil:
            guard element["name"]?.stringValue == table.rawValue else { return }
            guard let data = element["data"]?.arrayValue else {
                faults.append("\(file): line \(line): the data of this table is no array.")
                return
            }
            if data.isEmpty { isEmptyTable = true }
            for (row, value) in data.enumerated() { add(value, line: row + 1, table) }
        default: add(element, line: line, table)
        }
    }

    /// Adds a row, which stands alone or under the name of its table.
    private mutating func add(_ json: JSON, line: Int, _ table: SeedTable) {
        guard let object = json[table.rawValue]?.objectValue ?? json.objectValue else {
            faults.append("\(file): line \(line): this is no row.")
            return
        }
        rows.append(SeedRow(file: file, line: line, object: object))
    }

    // MARK: - Tables

    /// Every table has this column; a first line without it is no header.
    private mutating func namesColumns(_ names: [String]) {
        isEmptyTable = names.contains("id") && Set(names).count == names.count
    }

    private mutating func readTable(_ text: [UInt8]) {
        let first = text.prefix { $0 != UInt8(ascii: "\n") }
        if first.contains(UInt8(ascii: "\t")), !first.contains(UInt8(ascii: "\"")) { return readBatch(text) }
        var reader = CSVReader(text)
        guard let header = reader.next(), let names = try? header.cells.get().map({ $0.text.trimmed.lowercased() })
        else {
            faults.append("\(file): the first line must name the columns.")
            return
        }
        namesColumns(names)
        while let record = reader.next() {
            do throws(CSVReader.Fault) {
                add(names, try record.cells.get().map { ($0.text, $0.isQuoted) }, line: record.line)
            } catch {
                switch error {
                case .notUTF8(let fault): addNotUTF8(fault)
                case .quotes: faults.append("\(file): line \(record.line): the quotes do not match.")
                case .tooLong: faults.append("\(file): line \(record.line) is too long.")
                }
            }
        }
    }

    /// Reads what the client of MySQL prints. It escapes tabs and line ends, and quotes nothing.
    private mutating func readBatch(_ text: [UInt8]) {
        let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard let first = cells(lines[0], 1) else { return }
        let names = first.map { $0.trimmed.lowercased() }
        namesColumns(names)
        for (index, line) in lines.enumerated().dropFirst() where line.contains(where: { $0 > 0x20 }) {
            guard let cells = cells(line, index + 1) else { continue }
            add(names, cells.map { ($0, false) }, line: index + 1)
        }
    }

    /// The cells of a line. When it is in another encoding the result is nil, and a fault is added.
    private mutating func cells(_ line: ArraySlice<UInt8>, _ number: Int) -> [String]? {
        if let stray = UTF8Census(line).firstStray {
            addNotUTF8(UTF8Census.Fault(line: number, byte: stray - line.startIndex + 1, value: line[stray]))
            return nil
        }
        return Self.cells(line)
    }

    private static func cells(_ line: ArraySlice<UInt8>) -> [String] {
        let bare = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        return bare.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false).map { cell in
            guard cell.contains(UInt8(ascii: "\\")), Array(cell) != Array("\\N".utf8) else {
                return String(decoding: cell, as: UTF8.self)
            }
            var (bytes, isEscaped) = ([UInt8](), false)
            for byte in cell {
                if isEscaped {
                    let plain: [UInt8: UInt8] = [
                        UInt8(ascii: "n"): 10, UInt8(ascii: "t"): 9, UInt8(ascii: "r"): 13, UInt8(ascii: "0"): 0,
                    ]
                    bytes.append(plain[byte] ?? byte)
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else {
                    bytes.append(byte)
                }
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    /// The value of a cell. NULL stands without quotes, while a text that reads the same stands in quotes.
    private static func value(_ text: String, isQuoted: Bool) -> JSON {
        if !isQuoted, text.isEmpty || text == "\\N" || text == "NULL" { return .null }
        return .string(text)
    }

    private mutating func add(_ names: [String], _ cells: [(text: String, isQuoted: Bool)], line: Int) {
        guard cells.count == names.count else {
            faults.append("\(file): line \(line): there are \(cells.count) cells, and \(names.count) columns.")
            return
        }
        guard Set(names).count == names.count else {
            if line <= 2 { faults.append("\(file): the first line names a column twice.") }
            return
        }
        let values = zip(names, cells).map { name, cell in
            (name, Self.value(cell.text, isQuoted: cell.isQuoted || name == writtenColumn))
        }
        rows.append(SeedRow(file: file, line: line, object: JSONObject(values)))
    }
}
