/// What comes of an import: what is counted, who feels it, and whether somebody still administers the hub.
extension ImportPlan {
    /// Whether it takes the administrator's role from somebody.
    var demotesAdministrators: Bool { users.values.contains { $0.old?.value.role == .admin && $0.new.role != .admin } }

    /// Refuses an import after which nobody would administer the hub, at the first line that demotes somebody.
    ///
    /// - Parameter administrators: how many there are now.
    mutating func requireAdministrator(of administrators: Int) {
        let demoted = users.values.filter { $0.old?.value.role == .admin && $0.new.role != .admin }
        let promoted = users.values.count { $0.old?.value.role != .admin && $0.new.role == .admin }
        guard let line = demoted.map(\.line).min(), administrators - demoted.count + promoted < 1 else { return }
        errors.add(LastAdministrator.refusal, line: line)
    }

    /// With the rows counted and the errors told.
    mutating func finish(isDryRun: Bool) -> ImportReport {
        report.isDryRun = isDryRun
        count(users.values)
        count(courses.values)
        count(enrollments.values)
        (report.errorCount, report.errors) = (errors.count, errors.list)
        return report
    }

    private mutating func count<Value>(_ rows: some Sequence<Planned<Value>>) {
        for row in rows {
            if row.old == nil {
                report.created += 1
            } else if row.isUnchanged {
                report.unchanged += 1
            } else {
                report.updated += 1
            }
        }
    }

    /// Courses that somebody joins, or whose limit changes.
    var grownCourses: Set<Int64> {
        var grown = Set(
            enrollments.lazy.filter { $0.value.new.isActive && !($0.value.old?.value.isActive ?? false) }.map(
                \.key.course)
        )
        for (id, row) in courses where row.new.maxStudents != row.old?.value.maxStudents { grown.insert(id) }
        return grown
    }

    /// Lets go of what only further lines would need.
    mutating func forgetNames() { (owners, holders) = ([:], [:]) }

    /// Whose access the import changes: other roles, other hosts, memberships that begin or end.
    var accessChanged: Set<Int64> {
        var people = Set(bound.keys)
        for (id, row) in users { if let old = row.old, old.value.role != row.new.role { people.insert(id) } }
        for row in courses.values {
            people.formUnion(row.new.hosts.symmetricDifference(row.old?.value.hosts ?? []))
        }
        for (membership, row) in enrollments where row.new.isActive != (row.old?.value.isActive ?? false) {
            people.insert(membership.user)
        }
        // Somebody whom nobody has named yet is nowhere.
        return people.filter { $0 > 0 }
    }
}
