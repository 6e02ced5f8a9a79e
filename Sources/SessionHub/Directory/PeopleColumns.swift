import StrictJSON

/// The columns of a list of people. A course in a line makes its person a member. Unknown columns are ignored, and the
/// answer names them.
struct PeopleColumns: Sendable {
    private enum Column: String, CaseIterable {
        case id, email
        case firstName = "first_name"
        case lastName = "last_name"
        case role
        case courseID = "course_id"
    }

    /// The headings that lists have for these columns, folded: without accents, capitals, spaces and signs.
    private static let headings: [String: Column] = {
        let names: [(Column, [String])] = [
            (.id, ["id", "identifiant", "userid", "iduser", "identifiantutilisateur"]),
            (
                .email,
                [
                    "email", "mail", "courriel", "mel", "emailaddress", "mailaddress", "adresseemail", "adressemail",
                    "adressecourriel", "adressedecourriel", "adresseelectronique", "adressedemessagerie", "useremail",
                ]
            ),
            (.firstName, ["firstname", "givenname", "forename", "prenom", "prenoms"]),
            (.lastName, ["lastname", "surname", "familyname", "nom", "noms", "nomdefamille"]),
            (.role, ["role", "userrole"]),
            (.courseID, ["courseid", "course", "cours", "idcours", "idducours", "coursid", "identifiantducours"]),
        ]
        return Dictionary(uniqueKeysWithValues: names.flatMap { column, names in names.map { ($0, column) } })
    }()

    /// Other words for the roles, most of them French, folded like the headings.
    private static let roles: [String: String] = {
        let words = [
            "student": ["etudiant", "etudiante", "eleve", "apprenant", "apprenante"],
            "instructor": [
                "enseignant", "enseignante", "professeur", "professeure", "prof", "formateur", "formatrice",
                "instructeur", "instructrice", "teacher",
            ],
            "admin": ["administrateur", "administratrice", "administrator"],
        ]
        return Dictionary(uniqueKeysWithValues: words.flatMap { role, words in words.map { ($0, role) } })
    }()

    /// How many unknown headings the answer names, and how many characters of each.
    private static let (mostNamed, longestName) = (50, 100)
    /// The most bytes of a cell in which a heading, a role or an address is looked for. A longer one is taken as it
    /// stands: folding costs more than the text's length.
    private static let longestWord = 1000

    private let columns: [Column?]
    /// The headings that are not known, as the list has them.
    let ignored: [String]
    private var listed = ListedPeople()

    init(header: CSVReader.Record) throws(HubError) {
        let names = try Self.cells(header).map(\.trimmed)
        columns = names.map { Self.word($0, in: Self.headings) }
        let unknown = zip(names, columns).filter { $1 == nil && !$0.isEmpty }.map {
            String($0.0.prefix(Self.longestName))
        }
        ignored = Array(unknown.prefix(Self.mostNamed))
        let named = columns.compactMap(\.self)
        guard named.contains(.email) || named.contains(.id), Set(named).count == named.count else {
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

    private static func word<Value>(_ text: String, in words: [String: Value]) -> Value? {
        text.utf8.count <= longestWord ? words[folded(text)] : nil
    }

    private static func folded(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                SearchText.folded(text).unicodeScalars.filter {
                    $0.properties.isAlphabetic || $0.properties.numericType != nil
                }))
    }

    /// The changes that a line asks for. An empty cell leaves what is stored.
    mutating func entries(_ record: CSVReader.Record) throws(HubError) -> [ImportLine.Entry] {
        let cells = try Self.cells(record)
        guard cells.dropFirst(columns.count).allSatisfy({ $0.trimmed.isEmpty }) else {
            throw HubError(
                .invalidField,
                Localized(
                    en: "This line has more cells than the first one.",
                    fr: "Cette ligne a plus de cellules que la première."
                )
            )
        }
        var object = JSONObject()
        for (column, cell) in zip(columns, cells) {
            let text = cell.trimmed
            guard let column, !text.isEmpty else { continue }
            switch column {
            case .id, .courseID: object[column.rawValue] = Int64(text).map { .integer($0) } ?? .string(text)
            case .email: object[column.rawValue] = .string(try Self.address(in: text))
            case .role: object[column.rawValue] = .string(Self.word(text, in: Self.roles) ?? text.lowercased())
            default: object[column.rawValue] = .string(text)
            }
        }
        let fields = Fields(object)
        let (id, course, change) = (
            try fields.integer("id"), try fields.integer("course_id"), try UserChange(fields)
        )
        let key = try ImportLine.PersonKey(id, change.email)
        try listed.add(id: id, change, course: course, line: record.line)
        // Whoever stands in the list is in the course: an enrollment that was ended is active again.
        var membership = EnrollmentChange()
        membership.isActive = true
        return [.user(key, change)] + (course.map { [.enrollment(course: $0, key, membership, path: "")] } ?? [])
    }

    /// The one address in a cell. Spreadsheets write it as a link and address books with a name:
    /// `mailto:awa@school.example`, `Awa Ndiaye <awa@school.example>`. Two addresses are refused, because nobody can
    /// say whose line it is.
    private static func address(in cell: String) throws(HubError) -> String {
        guard cell.utf8.count <= longestWord else { return cell }
        let cell = Email.clean(cell)
        let address = bare(cell)
        let parts = cell.split { $0.isWhitespace || ",;<>\"".contains($0) }.map(bare).filter(Email.isPlausible)
        guard Set((parts + [address]).filter(Email.isPlausible).map(Email.key)).count <= 1 else {
            throw .invalid(
                "email",
                Localized(
                    en: "There are two e-mail addresses in this cell; write one line for each person.",
                    fr: "Cette cellule contient deux adresses e-mail ; écrivez une ligne par personne."
                )
            )
        }
        return address
    }

    /// The text without what may stand around an address, in whatever order: a separator at its end, quotes, a name,
    /// the scheme of a link and what a link says beyond the address (`?subject=`).
    private static func bare(_ text: some StringProtocol) -> String {
        let scheme = "mailto:"
        let quotes: Set<[Character]> = [["\"", "\""], ["'", "'"], ["“", "”"], ["‘", "’"], ["«", "»"]]
        var (text, before) = (text.trimmed, "")
        while text != before {
            before = text
            if let last = text.last, ",;".contains(last) { text.removeLast() }
            if let first = text.first, let last = text.last, text.count > 1, quotes.contains([first, last]) {
                text = String(text.dropFirst().dropLast())
            }
            if text.lowercased().hasPrefix(scheme) { text = String(text.dropFirst(scheme.count).prefix { $0 != "?" }) }
            if let at = text.lastIndex(of: "@"), let query = text[at...].firstIndex(of: "?"), !text.hasSuffix(">") {
                text = String(text[..<query])
            }
            if text.last == ">", let start = text.lastIndex(of: "<") {
                text = String(text[text.index(after: start)...].dropLast())
            }
            text = text.trimmed
        }
        return text
    }

    private static func cells(_ record: CSVReader.Record) throws(HubError) -> [String] {
        switch record.cells {
        case .success(let cells): return cells.map(\.text)
        case .failure(.notUTF8(let fault)): throw ImportText.notUTF8(fault)
        case .failure(.tooLong): throw ImportReader.lineTooLong
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

/// Remembers who stands in a list already. A second line for the same person is a mistake, unless it only puts them
/// into another course.
struct ListedPeople: Sendable {
    private struct Mention: Sendable {
        let line: Int
        var said: UserChange
        var courses: Set<Int64>
    }

    private var mentions: [Mention] = []
    private var byEmail: [String: Int] = [:]
    private var byID: [Int64: Int] = [:]

    /// Checks a line once more when it is known whom it means: one line may name a person by id, and another by
    /// address.
    mutating func add(person: Int64, _ change: UserChange, course: Int64?, line: Int) throws(HubError) {
        do throws(HubError) {
            try add(id: person, change, course: course, line: line)
        } catch {
            guard let earlier = byID[person].map({ mentions[$0].line }) else { throw error }
            throw .invalid(
                "id",
                Localized(
                    en:
                        "This is the person of line \(earlier) again: one line names the id, the other the e-mail address.",
                    fr:
                        "C’est de nouveau la personne de la ligne \(earlier) : une ligne donne l’identifiant, l’autre "
                        + "l’adresse e-mail."
                )
            )
        }
    }

    mutating func add(id: Int64?, _ change: UserChange, course: Int64?, line: Int) throws(HubError) {
        let email = change.email.map(Email.key)
        let known = email.flatMap { byEmail[$0] } ?? id.flatMap { byID[$0] }
        guard let known else {
            mentions.append(Mention(line: line, said: change, courses: course.map { [$0] } ?? []))
            if let email { byEmail[email] = mentions.count - 1 }
            if let id { byID[id] = mentions.count - 1 }
            return
        }
        let earlier = mentions[known]
        guard let course, !earlier.courses.contains(course), Self.agree(earlier.said, change) else {
            let isEmail = email.map { byEmail[$0] != nil } ?? false
            throw .invalid(
                isEmail ? "email" : "id",
                isEmail
                    ? Localized(
                        en: "This e-mail address stands in line \(earlier.line) already.",
                        fr: "Cette adresse e-mail figure déjà à la ligne \(earlier.line)."
                    )
                    : Localized(
                        en: "This id stands in line \(earlier.line) already.",
                        fr: "Cet identifiant figure déjà à la ligne \(earlier.line)."
                    )
            )
        }
        mentions[known].courses.insert(course)
        if let email { byEmail[email] = known }
        if let id { byID[id] = known }
    }

    /// Whether two lines agree in everything that both of them say.
    private static func agree(_ a: UserChange, _ b: UserChange) -> Bool {
        func same<Value: Equatable>(_ a: Value?, _ b: Value?) -> Bool { a == nil || b == nil || a == b }
        return same(a.email.map(Email.key), b.email.map(Email.key)) && same(a.firstName, b.firstName)
            && same(a.lastName, b.lastName) && same(a.role, b.role)
    }
}
