import StrictJSON

/// Reads an import line by line, in portions: a document of 16 MiB must not keep a core to itself.
package struct ImportReader: Sendable {
    package enum Format: String, Sendable {
        case ndjson = "application/x-ndjson"
        case csv = "text/csv"
    }

    private enum Source {
        case ndjson(rest: ArraySlice<UInt8>, line: Int)
        case csv(CSVReader, PeopleColumns)
        case finished
    }

    private var source: Source
    private var faultOfHeader: ImportLine?

    init(_ bytes: [UInt8], as format: Format) {
        switch format {
        case .ndjson:
            let mark = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
            source = .ndjson(rest: bytes[mark...], line: 0)
        case .csv:
            var reader = CSVReader(bytes)
            guard let header = reader.next() else {
                source = .finished
                return
            }
            do throws(HubError) {
                source = .csv(reader, try PeopleColumns(header: header))
            } catch {
                source = .finished
                faultOfHeader = ImportLine(number: header.line, content: .failure(error))
            }
        }
    }

    /// The next lines that hold something, at most so many; none at the end.
    mutating func next(_ most: Int) -> [ImportLine] {
        if let fault = faultOfHeader {
            faultOfHeader = nil
            return [fault]
        }
        var lines: [ImportLine] = []
        switch source {
        case .ndjson(var rest, var number):
            // Taken out while it is changed, so that nothing is copied; the same below.
            source = .finished
            while lines.count < most, !rest.isEmpty {
                let line = rest.prefix { $0 != UInt8(ascii: "\n") }
                rest = rest[line.endIndex...].dropFirst()
                number += 1
                guard line.contains(where: { $0 > 0x20 }) else { continue }
                let content = Result { () throws(HubError) in [try JSONLine.entry(line)] }
                lines.append(ImportLine(number: number, content: content))
            }
            source = .ndjson(rest: rest, line: number)
        case .csv(var reader, let columns):
            source = .finished
            while lines.count < most, let record = reader.next() {
                let content = Result { () throws(HubError) in try columns.entries(record) }
                lines.append(ImportLine(number: record.line, content: content))
            }
            source = .csv(reader, columns)
        case .finished: break
        }
        return lines
    }
}

/// A line of `application/x-ndjson`: `{"user":{..}}`, `{"course":{..}}` or `{"enrollment":{..}}`.
private enum JSONLine {
    private static let limits = JSONLimits(maxBytes: 65_536)

    static func entry(_ line: ArraySlice<UInt8>) throws(HubError) -> ImportLine.Entry {
        let json: JSON
        do {
            json = try JSON.parse(line, limits: limits)
        } catch {
            throw HubError(badJSON: error)
        }
        let fields = try Fields(json)
        for (name, read) in [("user", user), ("course", course), ("enrollment", enrollment)] {
            guard let value = fields.value(name) else { continue }
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

/// The columns of a list of people; a course in a line makes its person a member. Other columns are not looked at.
private struct PeopleColumns: Sendable {
    private static let known = ["id", "email", "first_name", "last_name", "role", "course_id"]

    private let names: [String]

    init(header: CSVReader.Record) throws(HubError) {
        names = try Self.cells(header).map { $0.trimmed.lowercased() }
        let named = names.filter { Self.known.contains($0) }
        guard named.contains("email") || named.contains("id"), Set(named).count == named.count else {
            throw .invalid(
                "header",
                Localized(
                    en:
                        "The first line must name the columns, each once: id or email, first_name, last_name, role, course_id.",
                    fr:
                        "La première ligne doit nommer les colonnes, une fois chacune : id ou email, first_name, last_name, "
                        + "role, course_id."
                )
            )
        }
    }

    /// An empty cell says nothing: what is stored stays.
    func entries(_ record: CSVReader.Record) throws(HubError) -> [ImportLine.Entry] {
        let cells = try Self.cells(record)
        guard cells.dropFirst(names.count).allSatisfy({ $0.trimmed.isEmpty }) else {
            throw HubError(
                .invalidField,
                Localized(
                    en: "This line has more cells than the first one.",
                    fr: "Cette ligne a plus de cellules que la première."
                )
            )
        }
        var object = JSONObject()
        for (name, cell) in zip(names, cells) where Self.known.contains(name) {
            let text = cell.trimmed
            guard !text.isEmpty else { continue }
            switch name {
            case "id", "course_id": object[name] = Int64(text).map { .integer($0) } ?? .string(text)
            case "role": object[name] = .string(text.lowercased())
            default: object[name] = .string(text)
            }
        }
        let fields = Fields(object)
        let (id, course, change) = (
            try fields.integer("id"), try fields.integer("course_id"), try UserChange(fields)
        )
        let key = try ImportLine.PersonKey(id, change.email)
        // Whoever stands in the list is in the course: an enrollment that was ended is active again.
        var membership = EnrollmentChange()
        membership.isActive = true
        return [.user(key, change)] + (course.map { [.enrollment(course: $0, key, membership, path: "")] } ?? [])
    }

    private static func cells(_ record: CSVReader.Record) throws(HubError) -> [String] {
        switch record.cells {
        case .success(let cells): return cells
        case .failure(.notUTF8):
            throw HubError(
                .invalidField,
                Localized(
                    en: "This line is not UTF-8: save the file as CSV UTF-8.",
                    fr: "Cette ligne n’est pas en UTF-8 : enregistrez le fichier en CSV UTF-8."
                )
            )
        case .failure(.quotes):
            throw HubError(
                .invalidField,
                Localized(
                    en: "The quotes of this line do not match.",
                    fr: "Les guillemets de cette ligne ne se correspondent pas."
                )
            )
        }
    }
}
