import Database

extension DirectoryImport {
    /// Writes all lines in the writer's transaction; throws the refusals of all of them, and then nothing stays.
    ///
    /// One transaction, however large: other writers wait for it, about a second per 50,000 lines.
    package func apply(
        force: Bool, language: Language, in transaction: JournalTransaction
    ) throws -> Summary {
        var errors = ImportErrors(language: language)
        var summary = Summary()
        for (line, entry) in entries {
            do {
                try apply(entry, force: force, in: transaction, &summary)
            } catch let error as HubError {
                errors.add(error, line: line)
                if errors.isFull { break }
            }
        }
        try errors.check()
        return summary
    }

    private func apply(
        _ entry: Entry, force: Bool, in transaction: JournalTransaction, _ summary: inout Summary
    ) throws {
        let (connection, now) = (transaction.connection, transaction.now)
        switch entry {
        case .user(let id, let change):
            let id = try id ?? LocalPeople.id(email: change.email ?? "", in: connection)
            let put = try UserStore.put(id, change, now: now, in: connection)
            if let person = put.accessChanged { transaction.signal(.accessChanged(user: person)) }
            summary.users += 1
        case .course(let id, let change):
            let put = try CourseStore.put(id, change, now: now, in: connection)
            for person in put.accessChanged { transaction.signal(.accessChanged(user: person)) }
            summary.courses += 1
        case .enrollment(let course, let person, let change):
            try requireRow("courses", course, field: "enrollment.course_id", in: connection)
            let user = try userID(of: person, in: connection)
            let put = try EnrollmentStore.put(
                course: course, user: user, change, force: force, now: now, in: connection
            )
            if put.isAccessChanged { transaction.signal(.accessChanged(user: user)) }
            summary.enrollments += 1
        }
    }

    private func userID(of person: Reference, in connection: any SQLConnection) throws -> Int64 {
        switch person {
        case .id(let id):
            try requireRow("users", id, field: "enrollment.user_id", in: connection)
            return id
        case .email(let email):
            let row = try connection.first("SELECT id FROM users WHERE email_key = $1", [.text(Email.key(email))])
            if let row { return row.integer("id") }
            throw HubError.invalid(
                "enrollment.email",
                Localized(
                    en: "Nobody has this e-mail address above this line or in the Directory.",
                    fr: "Personne n’a cette adresse e-mail au-dessus de cette ligne ni dans l’annuaire."
                )
            )
        }
    }

    private func requireRow(_ table: String, _ id: Int64, field: String, in connection: any SQLConnection) throws {
        guard try connection.first("SELECT id FROM \(table) WHERE id = $1", [.integer(id)]) == nil else { return }
        throw HubError.invalid(
            field,
            Localized(
                en: "There is nothing with the id \(id) above this line or in the Directory.",
                fr: "Rien ne porte l’identifiant \(id) au-dessus de cette ligne ni dans l’annuaire."
            )
        )
    }
}
