import Database

/// What is stored of the people, courses and enrollments that some lines of an import name: read in one transaction.
struct ImportFacts: Sendable {
    /// A row and the time of its last change. What is planned from it is applied only if the row has not changed again.
    struct Row<Value: Sendable>: Sendable {
        let value: Value
        let changedAt: Timestamp
    }

    struct Membership: Hashable, Sendable {
        let course: Int64
        let user: Int64
    }

    private(set) var users: [Int64: Row<DirectoryUser>] = [:]
    /// The person who has an e-mail address, by the address's key.
    private(set) var owners: [String: Int64] = [:]
    private(set) var courses: [Int64: Row<DirectoryCourse>] = [:]
    private(set) var enrollments: [Membership: Row<Enrollment>] = [:]
    /// Ids in the lines that this hub once gave to somebody and that nobody has any more.
    private(set) var retired: Set<Int64> = []
    /// The membership to which an enrollment's id belongs.
    private(set) var holders: [Int64: Membership] = [:]
    /// How many active members a course has.
    private(set) var members: [Int64: Int64] = [:]
    /// People whom a key may mean because of lines further up, beside the person who is stored under it.
    private var named: [ImportLine.PersonKey: Set<Int64>] = [:]

    /// - Parameters:
    ///   - named: the people whom a key means after the lines before these (`ImportPlan.named`).
    ///   - counted: courses whose members were counted for earlier lines and need not be counted again.
    static func load(
        for lines: [ImportLine], named: [ImportLine.PersonKey: Set<Int64>] = [:], counted: Set<Int64>,
        in connection: any SQLConnection
    ) throws -> ImportFacts {
        var facts = ImportFacts()
        facts.named = named
        for line in lines {
            guard case .success(let entries) = line.content else { continue }
            for entry in entries { try facts.load(for: entry, counted: counted, in: connection) }
        }
        return facts
    }

    private mutating func load(
        for entry: ImportLine.Entry, counted: Set<Int64>, in connection: any SQLConnection
    ) throws {
        switch entry {
        case .user(let key, let change):
            try load(user: key, email: change.email.map(Email.key), in: connection)
        case .course(let id, let change):
            try course(id, in: connection)
            for person in (change.coInstructorIDs ?? []) + (change.instructorID.map { [$0] } ?? []) {
                _ = try user(.id(person), in: connection)
            }
        case .enrollment(let id, let key, let change, _):
            try course(id, in: connection)
            if !counted.contains(id), members[id] == nil {
                members[id] = try EnrollmentStore.members(of: id, in: connection)
            }
            let stored = try user(key, in: connection)
            for person in named[key, default: []].union(stored.map { [$0] } ?? []) {
                try enrollment(of: person, in: id, connection)
            }
            guard let named = change.id, holders[named] == nil else { return }
            let holder = try connection.first(
                "SELECT course_id, user_id FROM enrollments WHERE id = $1", [.integer(named)]
            )
            if let holder {
                holders[named] = Membership(course: holder.integer("course_id"), user: holder.integer("user_id"))
            }
        }
    }

    private mutating func load(
        user key: ImportLine.PersonKey, email: String?, in connection: any SQLConnection
    ) throws {
        let stored = try user(key, in: connection)
        if case .id(let id) = key, stored == nil, try LocalPeople.isReserved(id, in: connection) { retired.insert(id) }
        guard let email else { return }
        let owner = try user(.email(email), in: connection)
        guard case .id(let id) = key else { return }
        // Only the plan decides whether these people are bound and who keeps the address. Here everybody is loaded who
        // may be needed.
        if stored == nil, let owner, users[owner]?.value.isLocal == true { named[key, default: []].insert(owner) }
        named[.email(email), default: []].formUnion(named[key, default: []].union([id]))
    }

    /// Loads a person once.
    ///
    /// - Returns: the person's id, or nil when nobody is stored under the key.
    private mutating func user(
        _ key: ImportLine.PersonKey, in connection: any SQLConnection
    ) throws -> Int64? {
        switch key {
        case .id(let id):
            if users[id] != nil { return id }
            guard let user = try UserStore.find(id, in: connection) else { return nil }
            users[id] = Row(value: user, changedAt: try Self.changedAt("users", id, connection))
            owners[Email.key(user.email)] = id
            return id
        case .email(let key):
            if let owner = owners[key] { return owner }
            guard let owner = try UserStore.owner(of: key, in: connection) else { return nil }
            return try user(.id(owner), in: connection)
        }
    }

    private mutating func course(_ id: Int64, in connection: any SQLConnection) throws {
        guard courses[id] == nil, let course = try CourseStore.find(id, in: connection) else { return }
        courses[id] = Row(value: course, changedAt: try Self.changedAt("courses", id, connection))
    }

    private mutating func enrollment(of user: Int64, in course: Int64, _ connection: any SQLConnection) throws {
        let membership = Membership(course: course, user: user)
        guard enrollments[membership] == nil,
            let enrollment = try EnrollmentStore.find(course: course, user: user, in: connection)
        else { return }
        enrollments[membership] = Row(
            value: enrollment, changedAt: try Self.changedAt("enrollments", enrollment.id, connection)
        )
    }

    private static func changedAt(
        _ table: String, _ id: Int64, _ connection: any SQLConnection
    ) throws -> Timestamp {
        let row = try connection.first("SELECT updated_at FROM \(table) WHERE id = $1", [.integer(id)])
        guard let row else { throw HubError(.internal) }
        return row.timestamp("updated_at")
    }
}
