/// The outcome of a plan: the counts, whose access changes, and whether somebody still administers the hub.
extension ImportPlan {
    /// Whether the import takes the administrator's role from somebody.
    var demotesAdministrators: Bool { users.values.contains { $0.old?.value.role == .admin && $0.new.role != .admin } }

    /// Refuses an import after which nobody would administer the hub, at the first line that demotes somebody.
    ///
    /// - Parameter administrators: how many administrators are stored now.
    mutating func requireAdministrator(of administrators: Int) {
        let demoted = users.values.filter { $0.old?.value.role == .admin && $0.new.role != .admin }
        let promoted = users.values.count { $0.old?.value.role != .admin && $0.new.role == .admin }
        guard let line = demoted.map(\.line).min(), administrators - demoted.count + promoted < 1 else { return }
        errors.add(LastAdministrator.refusal, line: line)
    }

    /// The finished report, with the rows counted and the refusals in it.
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

    /// Courses that somebody joins, or whose limit changes: their classes may have to grow.
    var grownCourses: Set<Int64> {
        var grown = Set(
            enrollments.lazy.filter { $0.value.new.isActive && !($0.value.old?.value.isActive ?? false) }.map(
                \.key.course)
        )
        for (id, row) in courses where row.new.maxStudents != row.old?.value.maxStudents { grown.insert(id) }
        return grown
    }

    /// Frees the memory that only further lines would need.
    mutating func forgetNames() { (owners, holders) = ([:], [:]) }

    /// The people whom the import changes for others: by another role or name, by teaching or no longer
    /// teaching a course, by a membership that begins or ends, or by being bound to the platform's id.
    var accessChanged: Set<Int64> {
        var people = Set(bound.keys)
        for (id, row) in users { if let old = row.old, row.new.isSeenOtherwise(than: old.value) { people.insert(id) } }
        for row in courses.values {
            people.formUnion(row.new.hosts.symmetricDifference(row.old?.value.hosts ?? []))
        }
        for (membership, row) in enrollments where row.new.isActive != (row.old?.value.isActive ?? false) {
            people.insert(membership.user)
        }
        // A negative id stands for somebody who will only be created: they are on no channel that could notice.
        return people.filter { $0 > 0 }
    }
}
