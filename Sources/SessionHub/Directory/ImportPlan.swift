/// What an import would make of the Directory: pure rules over its lines and what is stored, without I/O.
///
/// Lines are taken in order: each sees what those above it wanted.
struct ImportPlan: Sendable {
    /// A row as the import will leave it.
    struct Planned<Value: Sendable & Equatable>: Sendable {
        /// The first line that names it.
        let line: Int
        let old: ImportFacts.Row<Value>?
        var new: Value

        var isUnchanged: Bool { old?.value == new }
    }

    typealias Membership = ImportFacts.Membership

    /// The planned people by id. Somebody who has no id yet stands here under a negative one: -1, -2 and so on.
    private(set) var users: [Int64: Planned<DirectoryUser>] = [:]
    private(set) var courses: [Int64: Planned<DirectoryCourse>] = [:]
    /// The planned enrollments; the store will make an id for one that has 0. Somebody who gets bound to the platform's
    /// id is named by the id that is stored now.
    private(set) var enrollments: [Membership: Planned<Enrollment>] = [:]
    /// The platform's ids to which lines bind people made here (`LocalPeople`), by the ids that these people have now.
    /// `local` is the reverse.
    private(set) var bound: [Int64: Int64] = [:]
    private var local: [Int64: Int64] = [:]
    private(set) var unnamedPeople: Int64 = 0
    var report = ImportReport()
    var errors: ImportErrors
    let force: Bool
    private let now: Timestamp
    /// The person who has an e-mail address once the lines so far are applied: absent where no line changed it, and
    /// `.some(nil)` where lines took the address away and gave it to nobody. `holders` says the same of the ids of
    /// enrollments.
    var owners: [String: Int64?] = [:]
    var holders: [Int64: Membership?] = [:]
    private var members: [Int64: Int64] = [:]
    private var listed = ListedPeople()

    init(force: Bool, now: Timestamp, language: Language, ignoredColumns: [String] = []) {
        self.force = force
        report.ignoredColumns = ignoredColumns
        self.now = now
        errors = ImportErrors(language: language)
    }

    /// The courses whose members were counted already.
    var counted: Set<Int64> { Set(members.keys) }

    /// The stored people whom the keys in `lines` mean because of the lines that were taken before. `ImportFacts` loads
    /// them.
    func named(in lines: [ImportLine]) -> [ImportLine.PersonKey: Set<Int64>] {
        var named: [ImportLine.PersonKey: Set<Int64>] = [:]
        for case .success(let entries) in lines.map(\.content) {
            for entry in entries {
                guard let key = entry.person else { continue }
                let id: Int64? =
                    switch key {
                    case .id(let id): id
                    case .email(let email): owners[email] ?? nil
                    }
                if let id, id > 0 { named[key] = [local[id] ?? id] }
            }
        }
        return named
    }

    /// - Parameter facts: what is stored of everything that these lines name.
    mutating func take(_ lines: [ImportLine], _ facts: ImportFacts) {
        members.merge(facts.members) { known, _ in known }
        for line in lines {
            report.lines += 1
            do throws(HubError) {
                for entry in try line.content.get() { try take(entry, of: line, facts) }
            } catch {
                errors.add(error, line: line.number)
            }
        }
    }

    /// Refuses a document in which no line was found: it was read in a way that its writer did not mean.
    mutating func requireLines() {
        guard report.lines == 0 else { return }
        errors.add(
            HubError(
                .invalidField,
                Localized(
                    en: "There is nothing in this file that could be imported: no line below the first.",
                    fr: "Ce fichier ne contient rien à importer : aucune ligne sous la première."
                )
            ), line: 1
        )
    }

    private mutating func take(
        _ entry: ImportLine.Entry, of whole: ImportLine, _ facts: ImportFacts
    ) throws(HubError) {
        let line = whole.number
        switch entry {
        case .user(let key, let change):
            let id = try takeUser(key, change, line: line, facts)
            guard whole.isOfList else { return }
            try listed.add(person: id, change, course: whole.course, line: line)
        case .course(let id, let change): try takeCourse(id, change, line: line, facts)
        case .enrollment(let course, let key, let change, let path):
            guard let target = courses[course]?.new ?? facts.courses[course]?.value else {
                throw Self.nothing(with: .id(course), field: "\(path)course_id")
            }
            guard let user = user(key, facts) else { throw Self.nothing(with: key, field: "\(path)user_id") }
            try takeEnrollment(of: local[user] ?? user, in: target, change, line: line, facts)
        }
    }

    // MARK: - People

    private func owner(of key: String, _ facts: ImportFacts) -> Int64? {
        if let planned = owners[key] { return planned }
        return facts.owners[key]
    }

    /// - Returns: the id by which `users` has the person whom the line means.
    private mutating func takeUser(
        _ key: ImportLine.PersonKey, _ change: UserChange, line: Int, _ facts: ImportFacts
    ) throws(HubError) -> Int64 {
        let id: Int64
        switch key {
        case .id(let named): id = bound[named] ?? named
        case .email(let email): id = owner(of: email, facts) ?? -(unnamedPeople + 1)
        }
        guard !facts.retired.contains(id) else { throw LocalPeople.taken(id) }
        let unbound = users[id] == nil && facts.users[id] == nil ? localPerson(change, id, facts) : nil
        let stored = facts.users[id] ?? unbound
        let old = users[id]?.new ?? stored?.value
        // An id that this hub gave out stays with its person. A line that has it with another address means somebody
        // else, to whom the platform gave the same number.
        if let old, old.isLocal, unbound == nil, let email = change.email, Email.key(email) != Email.key(old.email) {
            throw LocalPeople.taken(id)
        }
        guard var new = change.applied(to: old, id: id) else {
            throw .invalid("email", Localized(en: "email is required.", fr: "email est obligatoire."))
        }
        new.id = id
        new.isLocal = id < 0 || unbound == nil && new.isLocal
        let (oldKey, newKey) = (old.map { Email.key($0.email) }, Email.key(new.email))
        let owner = owner(of: newKey, facts)
        guard owner == nil || owner == id || owner == unbound?.value.id else {
            throw UserStore.emailTaken(.identityConflict)
        }
        if let oldKey, oldKey != newKey { owners[oldKey] = .some(nil) }
        owners[newKey] = id
        if let person = unbound?.value.id { (bound[person], local[id]) = (id, person) }
        if id == -(unnamedPeople + 1) { unnamedPeople += 1 }
        if users[id] == nil {
            users[id] = Planned(line: line, old: stored, new: new)
        } else {
            users[id]?.new = new
        }
        report.users += 1
        return id
    }

    /// The person made here who has the address of this new id of the platform's and will be bound to it
    /// (`LocalPeople`). Somebody whom an earlier line named is left alone.
    private func localPerson(
        _ change: UserChange, _ id: Int64, _ facts: ImportFacts
    ) -> ImportFacts.Row<DirectoryUser>? {
        guard id > 0, let email = change.email, let owner = owner(of: Email.key(email), facts), users[owner] == nil,
            let person = facts.users[owner], person.value.isLocal
        else { return nil }
        return person
    }

    private func user(_ key: ImportLine.PersonKey, _ facts: ImportFacts) -> Int64? {
        switch key {
        case .id(let id): isKnown(id, facts) ? id : nil
        case .email(let email): owner(of: email, facts)
        }
    }

    private func isKnown(_ user: Int64, _ facts: ImportFacts) -> Bool { users[user] != nil || facts.users[user] != nil }

    // MARK: - Courses

    private mutating func takeCourse(
        _ id: Int64, _ change: CourseChange, line: Int, _ facts: ImportFacts
    ) throws(HubError) {
        let new = try change.applied(to: courses[id]?.new ?? facts.courses[id]?.value, id: id)
        // Only people whom the change names are checked: those who stay may have been demoted since, and keep their
        // place.
        let named = [
            ("instructor_id", change.instructorID.map { [$0] } ?? []),
            ("co_instructor_ids", change.coInstructorIDs ?? []),
        ]
        for (field, people) in named {
            for person in people {
                let id = bound[person] ?? person
                guard let role = (users[id]?.new ?? facts.users[id]?.value)?.role else {
                    throw CourseStore.noPerson(person, field: field)
                }
                guard Teaching.isTeacher(role) else { throw Teaching.noTeacher(person, field: field) }
            }
        }
        if courses[id] == nil {
            courses[id] = Planned(line: line, old: facts.courses[id], new: new)
        } else {
            courses[id]?.new = new
        }
        report.courses += 1
    }

    // MARK: - Enrollments

    private mutating func takeEnrollment(
        of user: Int64, in target: DirectoryCourse, _ change: EnrollmentChange, line: Int, _ facts: ImportFacts
    ) throws(HubError) {
        let course = target.id
        let membership = Membership(course: course, user: user)
        let old = enrollments[membership]?.new ?? facts.enrollments[membership]?.value
        var new = old ?? Enrollment(courseID: course, userID: user)
        new.apply(change)
        let wasActive = old?.isActive ?? false
        if new.isActive, !wasActive, !force { try target.requirePlace(members: members[course] ?? 0, now: now) }
        if let id = change.id, id != new.id {
            try hold(id, membership, facts)
            if new.id != 0 { holders[new.id] = .some(nil) }
            new.id = id
        }
        if new.isActive != wasActive { members[course]? += new.isActive ? 1 : -1 }
        if enrollments[membership] == nil {
            enrollments[membership] = Planned(line: line, old: facts.enrollments[membership], new: new)
        } else {
            enrollments[membership]?.new = new
        }
        report.enrollments += 1
    }

    private mutating func hold(_ id: Int64, _ membership: Membership, _ facts: ImportFacts) throws(HubError) {
        let holder = if let planned = holders[id] { planned } else { facts.holders[id] }
        guard holder == nil || holder == membership else { throw EnrollmentStore.idTaken(id) }
        holders[id] = membership
    }

    private static func nothing(with key: ImportLine.PersonKey, field: String) -> HubError {
        let id =
            switch key {
            case .id(let id): String(id)
            case .email(let email): email
            }
        return .invalid(
            field,
            Localized(
                en: "There is nothing with the id \(id) above this line or in the Directory.",
                fr: "Rien ne porte l’identifiant \(id) au-dessus de cette ligne ni dans l’annuaire."
            )
        )
    }
}
