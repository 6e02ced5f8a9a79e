import StrictJSON

/// The data of an import's answer that found nothing wrong.
func importAnswer(
    lines: Int64, users: Int64 = 0, courses: Int64 = 0, enrollments: Int64 = 0, created: Int64 = 0, updated: Int64 = 0,
    unchanged: Int64 = 0, isDryRun: Bool = false, ignored: [String] = []
) -> JSON {
    [
        "dry_run": .bool(isDryRun), "lines": .integer(lines), "users": .integer(users), "courses": .integer(courses),
        "enrollments": .integer(enrollments), "created": .integer(created), "updated": .integer(updated),
        "unchanged": .integer(unchanged), "error_count": 0, "errors": [],
        "ignored_columns": .array(ignored.map { .string($0) }),
    ]
}
