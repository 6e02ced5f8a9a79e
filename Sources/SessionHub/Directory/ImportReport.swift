package import StrictJSON

/// What an import did, or would do.
package struct ImportReport: Sendable {
    var isDryRun = false
    var lines = 0
    /// How many lines there were of each kind; a line of a CSV may be both a person and an enrollment.
    var users = 0
    var courses = 0
    var enrollments = 0
    /// How many rows were created, updated or left as they were; a row counts once, however many lines name it.
    var created = 0
    var updated = 0
    var unchanged = 0
    /// Headings of a CSV whose columns were ignored.
    var ignoredColumns: [String] = []
    var errorCount = 0
    var errors: [JSON] = []

    var json: JSON {
        let counts = [
            ("lines", lines), ("users", users), ("courses", courses), ("enrollments", enrollments),
            ("created", created),
            ("updated", updated), ("unchanged", unchanged), ("error_count", errorCount),
        ].map { ($0.0, JSON.integer(Int64($0.1))) }
        return .object(
            JSONObject(
                [("dry_run", .bool(isDryRun))] + counts + [
                    ("errors", .array(errors)), ("ignored_columns", .array(ignoredColumns.map { .string($0) })),
                ]))
    }

    /// The refusals in an import's answer as lines for a terminal.
    package static func sentences(of errors: [JSON]) -> [String] {
        errors.map { entry in
            let field = entry["field"]?.stringValue.map { ", \($0)" } ?? ""
            return "line \(entry["line"]?.integerValue ?? 0)\(field): \(entry["message"]?.stringValue ?? "")"
        }
    }
}
