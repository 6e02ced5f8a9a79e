import StrictJSON

/// Reads an import line by line, in portions: a document of 16 MiB must not keep a core to itself.
package struct ImportReader: Sendable {
    package enum Format: String, Sendable {
        case ndjson = "application/x-ndjson"
        case csv = "text/csv"

        /// By what stands in it, not by its name: the page chooses in the same way.
        package init(of bytes: [UInt8]) {
            let marks: [[UInt8]] = [[0xEF, 0xBB, 0xBF], [0xFF, 0xFE], [0xFE, 0xFF]]
            let mark = marks.first { bytes.starts(with: $0) } ?? []
            // Of two bytes of UTF-16 one is 0 here.
            let first = bytes.dropFirst(mark.count).first { ![0x00, 0x20, 0x09, 0x0A, 0x0D].contains($0) }
            self = first == UInt8(ascii: "{") || first == UInt8(ascii: "[") ? .ndjson : .csv
        }
    }

    /// The most bytes of a document, and of one of its lines.
    package static let mostBytes = 16 * 1024 * 1024
    fileprivate static let longestLine = 65_536

    static let lineTooLong = HubError(
        .tooLarge,
        Localized(en: "This line is longer than 64 KiB.", fr: "Cette ligne dépasse 64 Kio.")
    )

    private enum Source {
        case ndjson(rest: ArraySlice<UInt8>, line: Int)
        case csv(CSVReader, PeopleColumns)
        case finished
    }

    private var source = Source.finished
    /// Why the document as a whole or its first line cannot be read; it is returned in place of all lines.
    private var fault: ImportLine?
    /// Headings of a CSV that this hub does not know.
    private(set) var ignoredColumns: [String] = []

    /// - Parameter charset: the character set that the sender names, if any.
    init(_ bytes: [UInt8], as format: Format, charset: String? = nil) {
        var line = 1
        do throws(HubError) {
            let text = try ImportText.utf8(bytes, charset: charset)
            guard format == .csv else {
                source = .ndjson(rest: text[...], line: 0)
                return
            }
            var reader = CSVReader(text, mostBytes: Self.longestLine)
            guard let header = reader.next() else { return }
            line = header.line
            let columns: PeopleColumns
            do throws(HubError) {
                columns = try PeopleColumns(header: header)
            } catch {
                guard error.code != .tooLarge, let other = Self.otherwise(text) else { throw error }
                (reader, columns) = other
            }
            ignoredColumns = columns.ignored
            source = .csv(reader, columns)
        } catch {
            fault = ImportLine(number: line, content: .failure(error))
        }
    }

    /// Tries every separator until the first line names the columns of people. Counting separators does not help with
    /// `Nom, prénom;email`, which has as many commas as semicolons.
    private static func otherwise(_ text: [UInt8]) -> (CSVReader, PeopleColumns)? {
        for separator in CSVReader.separators {
            var reader = CSVReader(text, separator: separator, mostBytes: longestLine)
            guard let header = reader.next(), let columns = try? PeopleColumns(header: header) else { continue }
            return (reader, columns)
        }
        return nil
    }

    /// The next lines that hold something, at most `most` of them, or an empty list at the end.
    mutating func next(_ most: Int) -> [ImportLine] {
        if let fault {
            self.fault = nil
            return [fault]
        }
        var lines: [ImportLine] = []
        switch source {
        case .ndjson(var rest, var number):
            // The source is taken out of its variable while it is changed, so that its bytes are not copied.
            source = .finished
            while lines.count < most, !rest.isEmpty {
                let line = Self.takeLine(from: &rest)
                number += 1
                guard line.contains(where: { $0 > 0x20 }) else { continue }
                let content = Result { () throws(HubError) in
                    if let stray = UTF8Census(line).firstStray {
                        throw ImportText.notUTF8(
                            UTF8Census.Fault(line: number, byte: stray - line.startIndex + 1, value: line[stray]))
                    }
                    return [try JSONLine.entry(line)]
                }
                lines.append(ImportLine(number: number, content: content))
            }
            source = .ndjson(rest: rest, line: number)
        case .csv(var reader, var columns):
            source = .finished
            while lines.count < most, let record = reader.next() {
                let content = Result { () throws(HubError) in try columns.entries(record) }
                lines.append(ImportLine(number: record.line, content: content, isOfList: true))
            }
            source = .csv(reader, columns)
        case .finished: break
        }
        return lines
    }

    /// Takes a line up to its LF, CRLF or CR. JSON escapes these in strings, so that none of them can be part of a
    /// text.
    private static func takeLine(from rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let line = rest.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        let isPair = rest[line.endIndex...].starts(with: [UInt8(ascii: "\r"), UInt8(ascii: "\n")])
        rest = rest[line.endIndex...].dropFirst(isPair ? 2 : 1)
        return line
    }
}

/// A line of `application/x-ndjson`: `{"user":{..}}`, `{"course":{..}}` or `{"enrollment":{..}}`.
private enum JSONLine {
    private static let limits = JSONLimits(maxBytes: ImportReader.longestLine)

    static func entry(_ line: ArraySlice<UInt8>) throws(HubError) -> ImportLine.Entry {
        guard line.count <= limits.maxBytes else { throw ImportReader.lineTooLong }
        let json: JSON
        do {
            json = try JSON.parse(line, limits: limits)
        } catch {
            throw HubError(badJSON: error)
        }
        let fields = try Fields(json)
        let kinds = [("user", user), ("course", course), ("enrollment", enrollment)].filter {
            fields.value($0.0) != nil
        }
        if kinds.count == 1, let (name, read) = kinds.first, let value = fields.value(name) {
            return try read(try Fields(value, path: name))
        }
        throw .invalid(
            "line",
            Localized(
                en: "Each line has one of: user, course, enrollment.",
                fr: "Chaque ligne a l’un de : user, course, enrollment."
            )
        )
    }

    private static func user(_ fields: Fields) throws(HubError) -> ImportLine.Entry {
        let (id, change) = (try fields.integer("id"), try UserChange(fields))
        return .user(try ImportLine.PersonKey(id, change.email), change)
    }

    private static func course(_ fields: Fields) throws(HubError) -> ImportLine.Entry {
        .course(try fields.required("id", try fields.integer("id")), try CourseChange(fields))
    }

    private static func enrollment(_ fields: Fields) throws(HubError) -> ImportLine.Entry {
        let (id, email) = (try fields.integer("user_id"), try fields.text("email", limit: 254))
        if email == nil { _ = try fields.required("user_id", id) }
        return .enrollment(
            course: try fields.required("course_id", try fields.integer("course_id")),
            try ImportLine.PersonKey(id, email), try EnrollmentChange(fields), path: "enrollment."
        )
    }
}
